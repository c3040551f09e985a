/* A form that acts is sent once: the button says so and a second click does nothing. */
import { word } from "./words.js";

export function start(root) {
  for (const form of root.querySelectorAll("form[data-once]")) {
    if (form.once) continue;
    form.once = true;
    form.addEventListener("submit", (event) => (form.sending ? event.preventDefault() : send(form, event.submitter)));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }
}

function send(form, button) {
  form.sending = true;
  if (!button) return;
  const label = button.textContent;
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy || word("busy");
  setTimeout(() => {
    form.sending = false; // no answer for so long: let the person try again; the server sends once anyway
    button.removeAttribute("aria-busy");
    button.textContent = label;
  }, 20000);
}
