/* The screen of the sending: how far, and what to do where it stopped. */

import { lengthOf, stretches } from "./log.js";
import { length, on, part, places, say, show, word } from "./page.js";
import { Sending, Stopped } from "./sending.js";

const AGAIN = 2000; // milliseconds until the line is tried again, whatever the browser says of it

/** Recordings on their way: each is sent once at a time, also behind another screen; one of them is shown. Event: over. */
export class Outbox extends EventTarget {
  constructor(screen, vault, shelf) {
    super();
    Object.assign(this, { screen, vault, shelf, running: new Map() });
    on(screen, "again", () => this.send(this.entry, this.label));
    addEventListener("online", () => this.stoppedBy === "login" && this.shown && this.send(this.entry, this.label));
  }

  async send(entry, label) {
    Object.assign(this, { entry, label, shown: true, stoppedBy: "" });
    show("sending");
    part(this.screen, "name").textContent = label.name;
    for (const [name, hidden] of [["stopped", true], ["done", true], ["keep", false], ["bar", false]]) part(this.screen, name).hidden = hidden;
    const news = this.running.get(entry.id);
    this.tell(news ?? { step: "waiting" });
    if (news) return;
    this.running.set(entry.id, { step: "waiting" });
    try {
      const page = await this.carried(entry);
      if (this.shows(entry)) this.arrived(page);
    } catch (error) {
      if (this.shows(entry)) this.stopped(error);
    } finally {
      this.running.delete(entry.id);
      this.dispatchEvent(new Event("over"));
    }
  }

  async carried(entry) {
    const row = await this.vault.ask("open", { id: entry.id, key: entry.key });
    if (this.shows(entry)) part(this.screen, "length").textContent = length(lengthOf(stretches(row.events, row.last)));
    await this.line();
    if (this.shelf.line === "online" && this.shelf.owner !== entry.owner) throw new Stopped("other");
    const tell = (news) => (this.running.set(entry.id, news), this.shows(entry) && this.tell(news));
    return new Sending({ vault: this.vault, entry, places: { ...places, token: this.shelf.token }, tell }).run();
  }

  shows(entry) {
    return this.entry.id === entry.id;
  }

  /** The token comes with the mandates: without a connection there is nothing to wait with. */
  async line() {
    for (;;) {
      await this.shelf.load();
      if (this.shelf.line !== "offline") return;
      await Promise.race([new Promise((done) => addEventListener("online", done, { once: true })), new Promise((done) => setTimeout(done, AGAIN))]);
    }
  }

  /** Another screen is shown; the sending goes on behind it. */
  leave() {
    this.shown = false;
  }

  tell({ step, sent = 0, of = 0 }) {
    const percent = of ? Math.floor((sent / of) * 100) : 0;
    if (step === "sending") part(this.screen, "bar").value = percent;
    if (step === "checking") part(this.screen, "bar").removeAttribute("value");
    say(part(this.screen, "sent-said"), word(step, { percent }));
  }

  arrived(page) {
    for (const name of ["keep", "bar"]) part(this.screen, name).hidden = true;
    say(part(this.screen, "sent-said"), word("erased"));
    part(this.screen, "to-deposit").href = page;
    part(this.screen, "done").hidden = false;
  }

  stopped(error) {
    const why = error instanceof Stopped ? error.why : "failed";
    this.stoppedBy = why;
    say(part(this.screen, "sent-said"), "");
    part(this.screen, "stopped").hidden = false;
    part(this.screen, "stopped-said").textContent = error.text || word(`stop-${why}`) || word("stop-failed");
    part(this.screen, "to-login").hidden = why !== "login" && why !== "other";
    Object.assign(part(this.screen, "to-refused"), { hidden: !error.page, href: error.page ?? "" });
    part(this.screen, "bar").hidden = true;
  }
}
