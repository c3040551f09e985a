/* Numbers copied from paper (AVS, IBAN, GLN, date) are checked on leaving the field: their check digit knows at once. Everything else waits for the server. */
import { Invalid, format, parse } from "./formats.js";
import { icon, word } from "./words.js";

let pressed = false;
addEventListener("pointerdown", () => (pressed = true), true);
addEventListener("pointerup", () => (pressed = false), true);

export function start(root) {
  for (const input of root.querySelectorAll("[data-check]")) {
    if (input.checking) continue;
    input.checking = true;
    input.addEventListener("change", () => (pressed ? addEventListener("pointerup", () => later(input), { once: true }) : check(input)));
  }
}

/** Leaving a field by pressing a button: nothing may move under the pointer before it is released. */
function later(input) {
  setTimeout(() => input.isConnected && check(input));
}

function check(input) {
  clear(input);
  if (!input.value.trim()) return;
  const kind = input.dataset.check;
  try {
    input.value = format(kind, parse(kind, input.value));
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    show(input, input.dataset.checkMessage || word(`check${kind[0].toUpperCase()}${kind.slice(1)}`));
  }
}

function show(input, text) {
  const line = Object.assign(document.createElement("span"), { className: "error", id: `${input.id}_blur` });
  line.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = text;
  line.append(icon("exclamation-octagon"), words);
  (input.closest(".affix") ?? input).after(line);
  input.setAttribute("aria-invalid", "true");
  describe(input, (ids) => [...ids, line.id]);
}

/** Take away what was said here, by the browser or the server, about the value before. */
function clear(input) {
  for (const id of [`${input.id}_blur`, `${input.id}_error`]) {
    document.getElementById(id)?.remove();
    describe(input, (ids) => ids.filter((one) => one !== id));
  }
  input.removeAttribute("aria-invalid");
}

function describe(input, change) {
  const ids = change((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  ids.length ? input.setAttribute("aria-describedby", ids.join(" ")) : input.removeAttribute("aria-describedby");
}
