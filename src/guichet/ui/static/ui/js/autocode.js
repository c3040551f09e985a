/* The code from the SMS is sent when it is complete, once, and the page says so. */
import { announce, word } from "./words.js";

const LENGTH = 6;

export function start(root) {
  for (const input of root.querySelectorAll("[data-autocode] input.w-code, input.w-code")) {
    if (input.watching) continue;
    input.watching = true;
    input.addEventListener("input", () => complete(input));
  }
}

function complete(input) {
  const digits = input.value.replace(/\D/g, "");
  if (digits !== input.value) input.value = digits;
  if (digits.length !== LENGTH || input.sent === digits || !input.form) return;
  input.sent = digits;
  announce(word("codeSent"));
  input.form.requestSubmit(input.form.querySelector(".button--primary") ?? undefined);
}
