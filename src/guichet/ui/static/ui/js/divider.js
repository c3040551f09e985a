/* The divider of a split view: by pointer, by arrow keys, Home for half and half. */

const STEP = 4;

export function start(root) {
  for (const view of root.querySelectorAll("[data-split]")) {
    const divider = view.querySelector(".divider");
    if (!divider || divider.ready) continue;
    divider.ready = true;
    set(view, divider, 50);
    divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
    divider.addEventListener("pointermove", (event) => divider.hasPointerCapture(event.pointerId) && set(view, divider, share(view, event.clientX)));
    divider.addEventListener("keydown", (event) => {
      const now = Number(divider.getAttribute("aria-valuenow"));
      const next = { ArrowLeft: now - STEP, ArrowRight: now + STEP, Home: 50 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      set(view, divider, next);
    });
  }
}

function share(view, x) {
  const { left, width } = view.getBoundingClientRect();
  return ((x - left) / width) * 100;
}

function set(view, divider, percent) {
  const value = Math.round(Math.min(75, Math.max(25, percent)));
  view.style.setProperty("--split", `${value}%`);
  for (const [name, text] of [["valuenow", value], ["valuemin", 25], ["valuemax", 75], ["orientation", "vertical"]]) divider.setAttribute(`aria-${name}`, text);
}
