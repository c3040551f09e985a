/* Menus of the header: one open at a time, Escape or a click elsewhere closes. */

let started = false;

export function start() {
  if (started) return;
  started = true;
  document.addEventListener("click", (event) => close((menu) => !menu.contains(event.target)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    open?.querySelector("summary").focus();
    close(() => true);
  });
}

function close(which) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (which(menu)) menu.open = false;
}
