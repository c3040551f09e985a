/* Screens, words and times of the recorder's page. */

const words = JSON.parse(document.getElementById("recorder-words").textContent);
export const places = JSON.parse(document.getElementById("recorder-config").textContent);

/** A word of the page's language; `{name}` takes its value. */
export function word(name, values = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function part(root, name) {
  return root.querySelector(`[data-${name}]`);
}

export function on(root, act, todo) {
  for (const button of root.querySelectorAll(`[data-act-${act}]`)) button.addEventListener("click", todo);
}

export function say(element, text) {
  element.hidden = !text;
  element.textContent = text;
}

/** Show one screen alone, its heading in focus. */
export function show(name) {
  let shown = null;
  for (const screen of document.querySelectorAll("[data-screen]")) {
    screen.hidden = screen.dataset.screen !== name;
    if (!screen.hidden) shown = screen;
  }
  document.body.classList.toggle("is-stage", name === "going");
  scrollTo(0, 0);
  shown.querySelector("h1[tabindex]")?.focus({ preventScroll: true });
  return shown;
}

export function copyOf(name) {
  return document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
}

export function time(ms = Date.now()) {
  return new Date(ms).toLocaleTimeString("fr-CH", { hour: "2-digit", minute: "2-digit" });
}

export function day(ms = Date.now()) {
  return new Date(ms).toLocaleDateString("fr-CH", { day: "2-digit", month: "2-digit", year: "numeric" });
}

/** 42 min, 1 h 5 min, 30 s. */
export function length(ms) {
  const seconds = Math.round(ms / 1000), minutes = Math.round(ms / 60_000);
  if (seconds < 60) return word("seconds", { n: seconds });
  return minutes < 60 ? word("minutes", { n: minutes }) : word("hours", { h: Math.floor(minutes / 60), n: minutes % 60 });
}
