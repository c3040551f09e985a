/* The error summary is read first; its links put the cursor into the field. */

export function start(root) {
  const box = root.querySelector("[data-errorsummary]");
  if (!box || box.ready) return;
  box.ready = true;
  box.focus();
  box.addEventListener("click", (event) => {
    const target = event.target.closest("a[href^='#']") && document.getElementById(event.target.closest("a").hash.slice(1));
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "center" });
  });
}
