/* From the microphone to sealed slices. Events for the page: safe, trouble, lost. */

import { tick } from "./log.js";

export const SLICE = 2000; // milliseconds; some browsers hand over nothing below a second
const BITS = 64_000; // a second
const PIECE = 4 * 1024 * 1024; // bytes of one record; a browser that slept may hand over hours at once
const MUTED = 2000; // milliseconds without a microphone that are no accident: a call, another program
const TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4"];
const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };

/** What this browser's recorder makes of those the server takes; empty if nothing. */
export function soundType() {
  return (globalThis.MediaRecorder && TYPES.find((type) => MediaRecorder.isTypeSupported(type))) || "";
}

/** One microphone and its level. */
export class Microphone {
  static async open() {
    return new Microphone(await navigator.mediaDevices.getUserMedia({ audio: SOUND }));
  }

  constructor(stream) {
    this.stream = stream;
    [this.track] = stream.getAudioTracks();
    this.context = new AudioContext();
    this.meter = this.context.createAnalyser();
    this.meter.fftSize = 2048;
    this.context.createMediaStreamSource(stream).connect(this.meter);
    this.samples = new Float32Array(this.meter.fftSize);
  }

  /** The loudest of the last twentieth of a second, 0 to 1. */
  level() {
    if (this.context.state === "suspended") this.context.resume();
    this.meter.getFloatTimeDomainData(this.samples);
    return this.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }

  close() {
    for (const track of this.stream.getTracks()) track.stop();
    this.context.close().catch(() => {}); // closed before
  }
}

/** A recording under way; every slice is sealed and on the disk before the next one. */
export class Capture extends EventTarget {
  constructor(vault, entry) {
    super();
    this.vault = vault;
    this.entry = entry;
    this.state = "stopped"; // going, paused, stopped
    this.events = [];
    this.waiting = []; // what is not on the disk yet, in order
    this.kept = Promise.resolve();
    this.heard = 0; // time of the last slice
  }

  /** Begin, or begin a new part after the microphone was lost or the device died. */
  async start() {
    this.microphone = await Microphone.open();
    try {
      this.recorder = this.recorderOf(this.microphone);
      this.recorder.start(SLICE);
    } catch (error) {
      this.microphone.close();
      throw error;
    }
    this.state = "going";
    this.heard = Date.now();
    await this.note("go");
  }

  recorderOf({ stream, track }) {
    const recorder = new MediaRecorder(stream, { mimeType: this.entry.type, audioBitsPerSecond: BITS });
    recorder.addEventListener("dataavailable", ({ data }) => this.slice(data));
    recorder.addEventListener("error", () => this.lose());
    track.addEventListener("ended", () => this.lose());
    track.addEventListener("mute", () => this.muted(true));
    track.addEventListener("unmute", () => this.muted(false));
    return recorder;
  }

  async pause(why) {
    this.recorder.requestData(); // what was said so far is safe at once
    this.recorder.pause();
    this.state = "paused";
    clearTimeout(this.deaf);
    await this.note("stop", why);
  }

  async resume() {
    this.recorder.resume();
    this.state = "going";
    this.heard = Date.now();
    this.deaf = setTimeout(() => this.microphone.track.muted && this.muted(true), MUTED);
    await this.note("go");
  }

  async stop(why = "end") {
    const was = this.state;
    this.state = "stopped";
    clearTimeout(this.deaf);
    if (this.recorder?.state !== "inactive") {
      const ended = new Promise((done) => this.recorder.addEventListener("stop", done, { once: true }));
      this.recorder.stop();
      await ended;
    }
    if (was === "going") await this.note("stop", why);
    await this.kept;
    this.microphone.close();
  }

  /** The microphone is gone: a call, another program, a cable. What there is, is kept; the page asks for a new part. */
  async lose() {
    if (this.state === "stopped") return;
    await this.stop("device");
    this.dispatchEvent(new Event("lost"));
  }

  /** Nothing comes from the microphone. For a moment: the alarm; for longer: the part ends, so that the log names the gap.

      What is paused WebKit mutes itself, and opens again a moment after it goes on. */
  muted(silent) {
    if (this.state === "paused") return;
    clearTimeout(this.deaf);
    this.trouble(silent ? "mute" : "");
    if (silent) this.deaf = setTimeout(() => this.lose(), MUTED);
  }

  slice(blob) {
    const time = Date.now();
    for (let from = 0; from < blob.size; from += PIECE) this.waiting.push({ act: "sound", time, blob: blob.slice(from, from + PIECE) });
    this.keep();
  }

  note(what, why = "") {
    const event = { what, at: Date.now(), why, ...tick() };
    this.events.push(event);
    this.waiting.push({ act: "event", time: event.at, event });
    return this.keep();
  }

  /** Onto the disk, in order. What the disk refuses waits for the next slice: nothing of it is given up. */
  keep() {
    this.kept = this.kept.then(() => this.drain()).catch((error) => this.trouble(error.name === "QuotaExceededError" || error.message === "full" ? "full" : "store"));
    return this.kept;
  }

  async drain() {
    while (this.waiting.length) {
      const { act, time, blob, event } = this.waiting[0];
      const what = blob ? { data: await blob.arrayBuffer() } : { event };
      const safe = await this.vault.ask(act, { id: this.entry.id, time, ...what });
      this.waiting.shift();
      if (!blob) continue;
      this.heard = time;
      this.dispatchEvent(new CustomEvent("safe", { detail: safe }));
    }
  }

  trouble(kind) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: kind }));
  }
}
