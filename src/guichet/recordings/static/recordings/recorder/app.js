/* Entry of the recorder: one page, four screens, one recording at a time in one tab. */

import { Home } from "./home.js";
import { Rehearsal } from "./rehearsal.js";
import { Stage } from "./stage.js";
import { Outbox } from "./outbox.js";
import { Shelf } from "./shelf.js";
import { soundType } from "./capture.js";
import { Vault } from "./vault.js";
import { on, part, places, say, show, word } from "./page.js";

const LOCK = "guichet-recorder";
const WAIT = 3000; // for a page of before, which is being closed

class Recorder {
  constructor(vault) {
    this.vault = vault;
    this.shelf = new Shelf();
    this.rehearsal = new Rehearsal(document.querySelector("[data-screen=ready]"));
    this.stage = new Stage(document.querySelector("[data-screen=going]"), vault);
    this.outbox = new Outbox(document.querySelector("[data-screen=sending]"), vault, this.shelf);
    this.home = new Home(document.querySelector("[data-screen=home]"), this);
    this.outbox.addEventListener("over", () => this.home.refresh());
    for (const screen of ["ready", "sending"]) on(document.querySelector(`[data-screen=${screen}]`), "home", () => this.open());
    on(document.querySelector("[data-screen=ready]"), "start", () => this.start());
    this.stage.addEventListener("stopped", ({ detail }) => this.stopped(detail));
  }

  /** The first screen, with what the server and this device know now. */
  async open() {
    this.rehearsal.stop();
    this.outbox.leave();
    show("home");
    await this.home.fill();
    document.documentElement.dataset.recorder = "ready";
  }

  choose(mandate) {
    Object.assign(this, { mandate, owner: this.shelf.owner });
    const screen = show("ready");
    part(screen, "name").textContent = mandate.name;
    part(screen, "number").textContent = mandate.number;
    say(part(screen, "start-said"), "");
  }

  /** However often it is pressed, one interview begins. */
  start() {
    this.starting ??= this.begin().finally(() => (this.starting = null));
    return this.starting;
  }

  async begin() {
    this.rehearsal.stop();
    if (await this.waived()) return this.refuse("waived");
    const { id, name, number } = this.mandate;
    const facts = { mandate: id, owner: this.owner, space: places.scope, type: soundType() };
    const entry = await this.vault.begin(facts, { name, number }).catch(() => null);
    return entry ? this.go(entry, { name, number }, []) : this.refuse("alarm-store");
  }

  refuse(why) {
    say(part(show("ready"), "start-said"), word(why));
  }

  /** A waiver may have come since the page was opened; where there is no line, what is known counts. */
  async waived() {
    await Promise.race([this.shelf.load(), new Promise((done) => setTimeout(done, WAIT))]);
    return this.shelf.mandates.some((one) => one.id === this.mandate.id && one.waived);
  }

  /** Go on with an interview this device died in, as a new part of the same recording. */
  async carryOn(entry, label) {
    const row = await this.vault.ask("open", { id: entry.id, key: entry.key });
    this.mandate = label;
    const cut = row.events.findLast(({ what }) => what !== "why")?.what === "go" && { what: "stop", at: row.last, why: "cut" };
    if (cut) {
      await this.vault.ask("event", { id: entry.id, time: row.last, event: cut });
      row.events.push(cut);
    }
    await this.go(entry, label, row.events, row);
  }

  async go(entry, label, events, row = { last: 0, bytes: 0 }) {
    try {
      await this.stage.begin(entry, label, events, row);
    } catch (error) {
      if (!row.bytes) await this.vault.erase(entry.id);
      this.refuse(error.name === "NotAllowedError" ? "test-refused" : "alarm-store");
    }
  }

  async stopped({ entry, label }) {
    await this.vault.change(entry.id, { state: "stopped" });
    await this.outbox.send(entry, label);
  }
}

/** One tab has the recordings; another one says so. */
function alone() {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((done) => {
    const held = () => (done(true), new Promise(() => {}));
    navigator.locks.request(LOCK, { signal: AbortSignal.timeout(WAIT) }, held).catch(() => done(false));
  });
}

async function installed() {
  const registration = await navigator.serviceWorker?.register(places.worker, { scope: places.scope }).catch(() => null);
  if (!registration) return;
  const offer = () => registration.waiting && navigator.serviceWorker.controller && propose(registration);
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
}

/** A new version waits until somebody asks for it on the first screen: never in the middle of an interview. */
function propose(registration) {
  const home = document.querySelector("[data-screen=home]");
  part(home, "update").hidden = false;
  on(home, "update", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    registration.waiting?.postMessage("activate");
  });
}

async function main() {
  installed();
  show("home");
  if (!(await alone())) {
    part(document.querySelector("[data-screen=home]"), "busy").hidden = false;
    document.documentElement.dataset.recorder = "busy";
    return;
  }
  await new Recorder(new Vault(places.vault)).open();
}

main();
