/* Twenty seconds before the interview: the level while one speaks, then one hears oneself. Nothing of it is kept. */

import { Microphone, soundType } from "./capture.js";
import { on, part, word } from "./page.js";

const SECONDS = 20;
const LOW = 0.03, HIGH = 0.98; // of the loudest moments

export class Rehearsal {
  constructor(screen) {
    this.screen = screen;
    this.meter = part(screen, "level");
    this.sound = part(screen, "test-sound");
    on(screen, "test", () => this.start());
    on(screen, "test-end", () => this.finish());
  }

  async start() {
    this.stop();
    try {
      this.microphone = await Microphone.open();
    } catch {
      return this.say("test-refused");
    }
    this.pieces = [];
    this.levels = [];
    this.recorder = new MediaRecorder(this.microphone.stream, { mimeType: soundType() });
    this.recorder.addEventListener("dataavailable", ({ data }) => this.pieces.push(data));
    this.recorder.addEventListener("stop", () => this.judge(), { once: true });
    this.recorder.start();
    this.until = Date.now() + SECONDS * 1000;
    this.buttons(true);
    this.timer = setInterval(() => this.look(), 100);
    return this.look();
  }

  look() {
    const level = this.microphone.level(), left = Math.ceil((this.until - Date.now()) / 1000);
    this.levels.push(level);
    this.meter.value = Math.round(Math.sqrt(level) * 100);
    if (left <= 0) this.finish();
    else if (left !== this.left) this.say("test-running", { n: left });
    this.left = left;
  }

  finish() {
    clearInterval(this.timer);
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  judge() {
    const loudest = this.levels.sort((one, other) => other - one)[Math.floor(this.levels.length / 20)] ?? 0;
    const sound = new Blob(this.pieces, { type: this.recorder.mimeType });
    this.close();
    if (!sound.size) return this.say("test-nothing"); // a browser may claim to record and hand over nothing
    this.sound.src = URL.createObjectURL(sound);
    this.sound.hidden = false;
    return this.say(loudest < LOW ? "test-low" : loudest > HIGH ? "test-high" : "test-good");
  }

  /** The page goes on to something else: what was said is forgotten. */
  stop() {
    clearInterval(this.timer);
    if (this.sound.src) URL.revokeObjectURL(this.sound.src);
    this.sound.removeAttribute("src");
    this.sound.hidden = true;
    this.say("");
    this.close();
  }

  close() {
    this.microphone?.close();
    this.microphone = null;
    this.meter.value = 0;
    this.buttons(false);
  }

  buttons(running) {
    part(this.screen, "act-test").hidden = running;
    part(this.screen, "act-test-end").hidden = !running;
  }

  say(name, values) {
    part(this.screen, "test-said").textContent = name && word(name, values);
  }
}
