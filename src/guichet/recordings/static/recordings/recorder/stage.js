/* The screen of the interview: in large, whether it is being recorded, for how long, and what to say aloud now. */

import { Capture } from "./capture.js";
import { clock, lengthOf, stretches, tick } from "./log.js";
import { day, on, part, places, say, show, time, word } from "./page.js";
import { Watch } from "./watch.js";

export class Stage extends EventTarget {
  constructor(screen, vault) {
    super();
    Object.assign(this, { screen, vault, end: part(screen, "end") });
    on(screen, "pause", () => this.pause());
    on(screen, "resume", () => this.resume());
    on(screen, "finish", () => this.ending(true));
    on(screen, "back", () => this.ending(false));
    on(screen, "stop", () => this.stop());
    for (const choice of screen.querySelectorAll("[name=why]")) choice.addEventListener("change", () => this.capture.note("why", choice.value));
  }

  /** Recording begins with this; raises what the microphone or the disk says against it. */
  async begin(entry, label, events, row) {
    Object.assign(this, { entry, label, stopping: false });
    await this.vault.change(entry.id, { state: "open" });
    this.before = stretches(events, row.last);
    this.capture = new Capture(this.vault, entry);
    this.capture.addEventListener("lost", () => this.lost());
    this.capture.addEventListener("safe", () => this.safe());
    await this.capture.start();
    this.watch = new Watch(this.capture).start();
    this.watch.addEventListener("alarm", ({ detail }) => this.alarm(detail));
    show("going");
    part(this.screen, "name").textContent = label.name;
    part(this.screen, "number").textContent = label.number;
    this.alarm([]);
    this.ending(false);
    this.state("going", events.length ? "say-again" : "say-start");
    this.timer = setInterval(() => this.tick(), 200);
  }

  state(name, sentence, at = Date.now()) {
    this.screen.dataset.state = name;
    const heading = part(this.screen, "state");
    heading.textContent = word(name);
    heading.focus({ preventScroll: true });
    part(this.screen, "say").textContent = word(sentence, { day: day(at), time: time(at) });
    for (const box of this.screen.querySelectorAll("[data-when]")) box.hidden = !box.dataset.when.split(" ").includes(name);
  }

  async pause() {
    this.ending(false);
    for (const choice of this.screen.querySelectorAll("[name=why]")) choice.checked = false;
    const kept = this.capture.pause("pause");
    this.state("paused", "paused-at");
    await kept;
  }

  async resume() {
    this.ending(false);
    try {
      if (this.screen.dataset.state === "lost") await this.capture.start();
      else await this.capture.resume();
    } catch {
      return this.alarm(["mute"]);
    }
    this.watch.clear("mute");
    return this.state("going", "say-again");
  }

  lost() {
    this.watch.raise("mute");
    this.alarm([]);
    this.state("lost", "lost-at");
  }

  ending(asked) {
    this.end.hidden = !asked;
    if (asked) this.end.querySelector("button").focus();
  }

  async stop() {
    if (this.stopping) return;
    this.stopping = true;
    clearInterval(this.timer);
    this.watch.stop();
    await this.capture.stop();
    await this.capture.kept;
    this.dispatchEvent(new CustomEvent("stopped", { detail: { entry: this.entry, label: this.label } }));
  }

  tick() {
    const going = this.capture.state === "going";
    const level = going ? this.capture.microphone.level() : 0;
    part(this.screen, "level").value = Math.round(Math.sqrt(level) * 100);
    const length = lengthOf([...this.before, ...stretches(this.capture.events, going ? Date.now() : 0, tick())]);
    part(this.screen, "clock").textContent = clock(length);
    const left = places.longest - length;
    this.watch.lasts(left);
    if (left <= 0) this.stop(); // longer is not taken: what there is, is sent
  }

  safe() {
    part(this.screen, "safe").textContent = word("safe", { time: new Date().toLocaleTimeString("fr-CH") });
  }

  alarm(kinds) {
    say(part(this.screen, "alarm"), kinds.map((kind) => word(`alarm-${kind}`)).join(" "));
  }
}
