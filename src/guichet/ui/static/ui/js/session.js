/* Two minutes before the session ends for want of activity: « Restez-vous connecté ? ». Escape means yes. */
import { expired, word } from "./words.js";

const BEFORE = 120; // seconds

let started = false;

export function start() {
  if (started) return;
  started = true;
  const { idleSeconds, keepaliveUrl } = document.body.dataset;
  new Session(Number(idleSeconds), keepaliveUrl);
}

class Session {
  constructor(idle, url) {
    Object.assign(this, { idle, url });
    document.addEventListener("guichet:saved", () => this.renew());
    this.renew();
  }

  renew() {
    clearTimeout(this.warning);
    clearTimeout(this.end);
    this.dialog?.close();
    this.warning = setTimeout(() => this.ask(), Math.max(this.idle - BEFORE, this.idle / 2) * 1000);
    this.end = setTimeout(() => this.over(), this.idle * 1000);
  }

  ask() {
    const dialog = (this.dialog ??= this.build());
    dialog.showModal();
  }

  build() {
    const dialog = document.createElement("dialog");
    const title = Object.assign(document.createElement("h2"), { id: "stay-title", textContent: word("stayTitle") });
    const minutes = Math.max(1, Math.round(Math.min(BEFORE, this.idle / 2) / 60));
    const text = Object.assign(document.createElement("p"), { textContent: word("stayText", { minutes }) });
    const button = Object.assign(document.createElement("button"), { className: "button button--primary", type: "button", textContent: word("stay") });
    const acts = Object.assign(document.createElement("div"), { className: "actions" });
    button.addEventListener("click", () => this.stay());
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.stay()));
    dialog.setAttribute("aria-labelledby", title.id);
    acts.append(button);
    dialog.append(title, text, acts);
    document.body.append(dialog);
    return dialog;
  }

  async stay() {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const body = new URLSearchParams({ csrfmiddlewaretoken: token });
    const response = await fetch(this.url, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (response?.ok) this.renew();
    else this.over();
  }

  over() {
    this.dialog?.close();
    expired();
  }
}
