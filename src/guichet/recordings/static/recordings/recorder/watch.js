/* What may go wrong during an interview, and how the expert learns of it at once: by sound, vibration and text. */

import { SLICE } from "./capture.js";

const LATE = 4 * SLICE; // without a slice
const DEAF = 10_000; // not the least noise: not even a silent room is that silent
const LEAST = 60 * 1024 * 1024; // bytes of room: two hours
const EMPTY = 0.1; // of the battery, when it is not charged
const SOON = 30 * 60_000; // milliseconds before the longest interview is over
const EVERY = 1000, ROOM_EVERY = 30_000;

export class Watch extends EventTarget {
  constructor(capture) {
    super();
    this.capture = capture;
    this.on = new Set();
    this.noise = Date.now();
    this.listeners = [];
  }

  start() {
    this.timer = setInterval(() => this.look(), EVERY);
    this.rooms = setInterval(() => this.room(), ROOM_EVERY);
    this.hear(document, "visibilitychange", () => this.seen());
    this.hear(document, "freeze", () => this.raise("hidden"));
    this.hear(this.capture, "trouble", ({ detail }) => (detail ? this.raise(detail) : this.clear("mute")));
    this.hear(this.capture, "safe", () => (this.clear("full"), this.clear("store")));
    this.hear(globalThis, "beforeunload", (event) => event.preventDefault());
    this.stayAwake();
    this.room();
    return this;
  }

  stop() {
    clearInterval(this.timer);
    clearInterval(this.rooms);
    for (const [target, name, act] of this.listeners) target.removeEventListener(name, act);
    this.awake?.release().catch(() => {});
    this.on.clear();
  }

  hear(target, name, act) {
    target.addEventListener(name, act);
    this.listeners.push([target, name, act]);
  }

  look() {
    const now = Date.now();
    if (this.capture.state !== "going") {
      this.noise = now;
      this.clear("deaf");
      return this.clear("late");
    }
    if (this.capture.microphone.level() > 0.0002) this.noise = now;
    this.set("deaf", now - this.noise > DEAF);
    return this.set("late", now - this.capture.heard > LATE);
  }

  /** `left` milliseconds until no more can be recorded. */
  lasts(left) {
    this.set("long", left < SOON);
  }

  seen() {
    if (document.hidden) return this.raise("hidden");
    this.clear("hidden");
    return this.stayAwake();
  }

  async room() {
    const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    this.set("room", quota - usage < LEAST);
    const battery = await navigator.getBattery?.().catch(() => null);
    this.set("battery", Boolean(battery) && !battery.charging && battery.level <= EMPTY);
  }

  async stayAwake() {
    this.awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  set(kind, wrong) {
    if (wrong) this.raise(kind);
    else this.clear(kind);
  }

  raise(kind) {
    if (this.on.has(kind)) return;
    this.on.add(kind);
    this.tell(); // the text first, and whether or not this device can sound
    try {
      alarm();
    } catch (error) {
      console.warn(error);
    }
  }

  clear(kind) {
    if (this.on.delete(kind)) this.tell();
  }

  tell() {
    this.dispatchEvent(new CustomEvent("alarm", { detail: [...this.on] }));
  }
}

/** Three tones and three shakes. */
export function alarm() {
  navigator.vibrate?.([300, 150, 300, 150, 300]);
  const context = new AudioContext(), loud = context.createGain();
  loud.gain.value = 0.2;
  loud.connect(context.destination);
  for (const number of [0, 1, 2]) {
    const tone = context.createOscillator();
    tone.frequency.value = 880;
    tone.connect(loud);
    tone.start(context.currentTime + number * 0.4);
    tone.stop(context.currentTime + number * 0.4 + 0.25);
    if (number === 2) tone.addEventListener("ended", () => context.close());
  }
}
