/* Saves a form 1.2 s after the last key, on leaving a field and on leaving the page. What was typed stays in the page, and only there, until the server has it. */
import { announce, expired, notice, word } from "./words.js";

const QUIET = 1200;
const RETRY = 5000;
const SAY_AGAIN = 30000;
const KEEPALIVE_LIMIT = 60000; // bytes; browsers refuse more for a request that may outlive the page

export function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave-url]")) if (!form.autosave) form.autosave = new Autosave(form);
}

/** Words the server did not write; a page one comes back to has those of before, which the server knows. */
function typedBefore(form) {
  const fields = "input:not([type=hidden], [type=file], [type=checkbox], [type=radio]), textarea";
  const opened = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  return opened && [...form.elements].some((control) => control.matches(fields) && control.value !== control.defaultValue);
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.mark = document.querySelector("main [data-saved]");
    this.clean = this.snapshot();
    this.mark?.removeAttribute("role"); // seen at every save, said only now and then
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    form.addEventListener("focusout", () => this.save());
    form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.save(true));
    addEventListener("pagehide", () => this.save(true));
    if (typedBefore(form)) this.early();
  }

  /** What was typed while the scripts were on their way is saved like the rest. */
  early() {
    this.clean = null;
    this.soon();
  }

  snapshot() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    const version = this.form.querySelector("[data-version]");
    if (version) data.delete(version.name);
    return new URLSearchParams(data).toString();
  }

  soon(delay = QUIET) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.save(), delay);
  }

  /** A saving on its way arrives first: sent together, the two would look like two tabs. */
  submit(event) {
    if (!this.busy) return this.stop();
    event.preventDefault();
    this.waiting = [event.submitter];
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
    setTimeout(() => (this.stopped = this.ended), 4000); // the submission did not leave the page after all
  }

  end(show) {
    this.ended = this.stopped = true;
    show();
  }

  async save(leaving = false) {
    clearTimeout(this.timer);
    const now = this.snapshot();
    if (this.stopped || !this.form.isConnected || now === this.clean) return;
    if (this.busy) return (this.again = true);
    this.busy = true;
    const body = new URLSearchParams(now);
    const version = this.form.querySelector("[data-version]");
    if (version) body.set(version.name, version.value);
    try {
      const keepalive = leaving && now.length < KEEPALIVE_LIMIT;
      const headers = { "X-Requested-With": "fetch" };
      const request = { method: "POST", body, headers, keepalive, redirect: "manual" };
      await this.heard(await fetch(this.form.dataset.autosaveUrl, request), now, version);
    } catch {
      this.failed();
    } finally {
      this.busy = false;
      if (this.waiting) this.form.requestSubmit(...this.waiting);
      else if (this.again) this.soon(0);
      this.again = this.waiting = false;
    }
  }

  async heard(response, sent, version) {
    if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) return this.lapsed();
    const answer = await response.json().catch(() => ({}));
    if (response.status === 409) {
      const link = { url: answer.url ?? location.href, text: word("conflictLink"), newTab: true };
      return this.end(() => notice("conflict", "attention", word("conflict"), link));
    }
    if (!response.ok) return this.failed();
    this.clean = sent;
    if (version && answer.version !== undefined) version.value = answer.version;
    document.getElementById("expired")?.remove();
    this.show(word("saved", { time: answer.saved_at ?? new Date().toTimeString().slice(0, 5) }), true);
    this.form.dispatchEvent(new CustomEvent("guichet:saved", { bubbles: true, detail: answer }));
  }

  lapsed() {
    if (!document.getElementById("expired")) expired();
    this.soon(RETRY); // after a login in another tab the same form goes on
  }

  failed() {
    this.show(word("unsaved"), false);
    this.soon(RETRY);
  }

  show(text, saved) {
    if (this.mark) this.mark.textContent = text;
    if (saved && Date.now() - (this.said ?? 0) < SAY_AGAIN) return;
    this.said = saved ? Date.now() : 0;
    announce(text);
  }
}
