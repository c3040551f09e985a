/* From the microphone to sealed slices. Events for the page: slice, level, trouble, ended. */

export const SLICE = 2000; // milliseconds; some browsers hand over nothing below a second
const BITS = 64_000; // a second
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
    this.context.close();
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
    this.kept = Promise.resolve();
    this.heard = 0; // time of the last slice
  }

  /** Begin, or begin a new part after the microphone was lost or the device died. */
  async start() {
    this.microphone = await Microphone.open();
    this.recorder = new MediaRecorder(this.microphone.stream, { mimeType: this.entry.type, audioBitsPerSecond: BITS });
    this.recorder.addEventListener("dataavailable", ({ data }) => this.slice(data));
    this.recorder.addEventListener("error", () => this.lose());
    this.microphone.track.addEventListener("ended", () => this.lose());
    this.microphone.track.addEventListener("mute", () => this.trouble("mute"));
    this.microphone.track.addEventListener("unmute", () => this.trouble(""));
    this.recorder.start(SLICE);
    this.state = "going";
    this.heard = Date.now();
    await this.note("go");
  }

  async pause(why) {
    this.recorder.requestData(); // what was said so far is safe at once
    this.recorder.pause();
    this.state = "paused";
    await this.note("stop", why);
  }

  async resume() {
    this.recorder.resume();
    this.state = "going";
    this.heard = Date.now();
    await this.note("go");
  }

  async stop(why = "end") {
    const was = this.state;
    this.state = "stopped";
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

  slice(blob) {
    if (!blob.size) return;
    const time = Date.now();
    this.kept = this.kept.then(async () => {
      const data = await blob.arrayBuffer();
      const safe = await this.vault.ask("sound", { id: this.entry.id, time, data });
      this.heard = time;
      this.dispatchEvent(new CustomEvent("safe", { detail: safe }));
    }).catch((error) => this.trouble(error.name === "QuotaExceededError" || error.message === "full" ? "full" : "store"));
  }

  note(what, why = "") {
    const event = { what, at: Date.now(), why };
    this.events.push(event);
    this.kept = this.kept.then(() => this.vault.ask("event", { id: this.entry.id, time: event.at, event })).catch(() => this.trouble("store"));
    return this.kept;
  }

  trouble(kind) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: kind }));
  }
}
