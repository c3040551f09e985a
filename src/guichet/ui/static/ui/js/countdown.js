/* « J'ai besoin d'un nouveau code d'accès » becomes active after N seconds; help appears after N seconds. The server counts too. */
import { announce, word } from "./words.js";

export function start(root) {
  for (const button of root.querySelectorAll("[data-countdown]")) wait(button, Number(button.dataset.countdown));
  for (const help of root.querySelectorAll("[data-show-after]")) {
    const seconds = Number(help.dataset.showAfter);
    if (seconds <= 0 || help.dataset.waiting) continue;
    help.dataset.waiting = "true";
    help.hidden = true;
    setTimeout(() => (help.hidden = false), seconds * 1000);
  }
}

function wait(button, seconds) {
  if (seconds <= 0 || button.dataset.waiting) return;
  button.dataset.waiting = "true";
  const until = Date.now() + seconds * 1000;
  const rest = document.createElement("span");
  rest.className = "quiet small";
  rest.dataset.rest = "";
  button.after(" ", rest);
  const refuse = (event) => event.preventDefault();
  button.setAttribute("aria-disabled", "true");
  button.addEventListener("click", refuse);
  const tick = setInterval(show, 250);
  show();

  function show() {
    const left = Math.ceil((until - Date.now()) / 1000);
    rest.textContent = word("seconds", { seconds: left });
    if (left > 0) return;
    clearInterval(tick);
    rest.remove();
    button.removeAttribute("aria-disabled");
    button.removeEventListener("click", refuse);
    announce(word("ready"));
  }
}
