/* A deposit that survives: tus in parts of 8 MiB, resumed after a reload, a cut line or the server's death; SHA-256 here and there. */

const SLOW = 150_000; // bytes a second below which advice is given
const POLL = 2000;
const DELAYS = [1000, 3000, 5000, 10_000, 20_000, 20_000, 30_000, 30_000, 60_000, 60_000, 60_000];
const ROOM = 30_000; // between two questions whether a full server has room again
const CHECKING = new Set(["checking"]);

class Deposit {
  constructor(box) {
    this.box = box;
    this.data = box.dataset;
    this.input = box.querySelector("input[type=file]");
    this.parts = Object.fromEntries(["error", "running", "bar", "line", "advice", "digest", "pause", "go", "restart", "other"].map((name) => [name, box.querySelector(`[data-${name}]`)]));
    box.hidden = false;
    this.input.addEventListener("change", () => this.chosen(this.input.files[0]));
    const field = box.querySelector("[data-drop]");
    field.addEventListener("dragover", (event) => event.preventDefault());
    field.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length && !this.input.disabled) this.chosen(event.dataTransfer.files[0]);
    });
    this.parts.pause.addEventListener("click", () => this.pause());
    this.parts.go.addEventListener("click", () => this.go());
    this.parts.other.addEventListener("click", () => ((this.data.resumeUrl = ""), this.chosen(this.file)));
    addEventListener("offline", () => this.advise("offline"));
    addEventListener("online", () => (this.advise(""), this.upload && this.go()));
  }

  word(name, values = {}) {
    const text = this.data[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  chosen(file) {
    if (!file) return;
    this.file = file;
    this.parts.restart.hidden = true;
    const problem = this.problem(file);
    this.complain(problem);
    if (problem) return;
    if (this.data.resumeUrl && (file.name !== this.data.name || file.size !== Number(this.data.length))) {
      this.complain(this.word("other", { name: this.data.name }));
      this.parts.restart.hidden = false;
      return;
    }
    this.start(file);
  }

  problem(file) {
    if (!this.data.endings.split(",").some((ending) => file.name.toLowerCase().endsWith(ending))) return this.word("ending");
    if (!file.size) return this.word("empty");
    return file.size > Number(this.data.mostBytes) ? this.word("large") : "";
  }

  start(file) {
    this.input.disabled = true;
    this.parts.running.hidden = false;
    this.parts.line.textContent = this.word("start");
    this.hash = digest(file, this.data.hashWorker);
    this.hash.then((value) => ((this.parts.digest.hidden = false), (this.parts.digest.textContent = `${this.word("hash")} : ${value}`)), () => this.fail());
    const partSize = Number(this.data.partSize);
    this.upload = new window.tus.Upload(file, {
      endpoint: this.data.endpoint,
      uploadUrl: this.data.resumeUrl || null,
      chunkSize: partSize,
      retryDelays: DELAYS,
      storeFingerprintForResuming: false,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name },
      headers: { "X-CSRFToken": this.data.token },
      onBeforeRequest: async (request) => {
        request.getUnderlyingObject().withCredentials = true;
        const offset = Number(request.getHeader("Upload-Offset"));
        if (request.getMethod() === "PATCH" && offset + partSize >= file.size) request.setHeader("Upload-Sha256", await this.hash);
      },
      onShouldRetry: (error) => this.shouldRetry(error),
      onProgress: (sent, total) => this.progress(sent, total),
      onError: (error) => this.fail(error),
      onSuccess: () => this.arrived(),
    });
    this.speed = new Speed();
    this.upload.start();
  }

  shouldRetry(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (status === 507 || said(error)) return false; // `fail` waits for as long as it takes, or says why not
    if (status === 0 || status >= 500 || status === 409 || status === 423 || status === 429) {
      this.advise(navigator.onLine ? "retry" : "offline");
      return true;
    }
    return false;
  }

  progress(sent, total) {
    const speed = this.speed.add(sent);
    const percent = Math.floor((sent / total) * 100);
    this.parts.bar.value = percent;
    const now = performance.now();
    if (now - (this.told ?? 0) < 500 && sent < total) return;
    this.told = now;
    if (!speed) return;
    const values = { percent, speed: `${(speed / 1e6).toFixed(speed < 1e6 ? 2 : 1)} ${this.word("unit")}`, left: this.left((total - sent) / speed) };
    this.parts.line.textContent = this.word("progress", values);
    this.advise(speed < SLOW && this.speed.seconds > 8 ? "slow" : "");
  }

  left(seconds) {
    if (seconds < 90) return this.word("seconds", { n: Math.ceil(seconds) });
    if (seconds < 5400) return this.word("minutes", { n: Math.ceil(seconds / 60) });
    return this.word("hours", { h: Math.floor(seconds / 3600), n: Math.round((seconds % 3600) / 60) });
  }

  advise(name) {
    this.parts.advice.hidden = !name;
    this.parts.advice.textContent = name ? this.word(name) : "";
  }

  pause() {
    clearTimeout(this.again);
    this.upload.abort();
    this.parts.pause.hidden = true;
    this.parts.go.hidden = false;
    this.parts.go.focus();
  }

  go() {
    clearTimeout(this.again);
    this.parts.pause.hidden = false;
    this.parts.go.hidden = true;
    this.speed = new Speed();
    this.upload.abort().then(() => this.upload.start());
  }

  async arrived() {
    this.parts.bar.value = 100;
    this.advise("");
    this.parts.line.textContent = this.word("check");
    this.parts.pause.hidden = true;
    const mine = await this.hash;
    await settled(this.data.stateUrl, (state) => {
      if (state.sha256 && state.sha256 === mine) this.parts.digest.textContent = `${this.word("hash")} : ${mine}. ${this.word("same")}`;
    });
  }

  fail(error) {
    const response = error?.originalResponse;
    const status = response?.getStatus() ?? 0;
    if (status === 507) return this.waitForRoom();
    const told = said(error);
    this.parts.restart.hidden = status !== 429; // the file is still here: once there is a place, nothing is chosen again
    this.complain(told || (status === 401 || status === 403 ? this.word("login") : this.word("failed")));
    this.parts.running.hidden = true;
    this.input.disabled = false;
  }

  /** Nothing is lost and nothing to be done here: said where progress is said, and tried again until there is room. */
  waitForRoom() {
    this.advise("");
    this.parts.line.textContent = this.word("full");
    clearTimeout(this.again);
    this.again = setTimeout(() => this.go(), ROOM);
  }

  complain(text) {
    this.parts.error.hidden = !text;
    this.parts.error.querySelector("span").textContent = text || "";
    this.input.toggleAttribute("aria-invalid", Boolean(text));
  }
}

/** Why the server takes no file, in its own words; nothing where it only wants another attempt. */
function said(error) {
  const response = error?.originalResponse;
  const words = [413, 415, 422, 429].includes(response?.getStatus()) && response.getHeader("Content-Type")?.startsWith("text/plain");
  return words ? response.getBody() : "";
}

/** Bytes a second over the last ten seconds; what was there before the start does not count. */
class Speed {
  constructor() {
    this.samples = [];
  }

  get seconds() {
    return this.samples.length ? (this.samples.at(-1)[0] - this.samples[0][0]) / 1000 : 0;
  }

  add(sent) {
    this.samples.push([performance.now(), sent]);
    while (this.samples.length > 2 && this.samples.at(-1)[0] - this.samples[0][0] > 10_000) this.samples.shift();
    return this.seconds ? Math.max((sent - this.samples[0][1]) / this.seconds, 1) : 0;
  }
}

function digest(file, url) {
  return new Promise((done, failed) => {
    const worker = new Worker(url);
    worker.addEventListener("message", ({ data }) => {
      if (data.digest) done(data.digest);
      else if (data.failed) failed(new Error(data.failed));
      if (data.digest || data.failed) worker.terminate();
    });
    worker.addEventListener("error", failed);
    worker.postMessage({ file });
  });
}

/** Ask until the server has looked at the file, then show what it says. */
async function settled(url, hear = () => {}) {
  for (;;) {
    const response = await fetch(url, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    const state = response?.ok ? await response.json() : null;
    if (state) hear(state);
    if ((state && !CHECKING.has(state.step)) || response?.status === 401) return location.reload();
    await new Promise((done) => setTimeout(done, POLL));
  }
}

/** The position of the player as the place of the spoken beginning or end. */
function marks(bar, player) {
  bar.hidden = false;
  for (const button of bar.querySelectorAll("[data-mark]")) {
    button.addEventListener("click", () => {
      const seconds = Math.floor(player.currentTime), hours = Math.floor(seconds / 3600);
      const minutes = Math.floor((seconds % 3600) / 60), rest = String(seconds % 60).padStart(2, "0");
      document.getElementById(`id_${button.dataset.mark}`).value = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
    });
  }
}

const box = document.querySelector("[data-deposit]");
if (box) new Deposit(box);
const waiting = document.querySelector("[data-deposit-wait]");
if (waiting) settled(waiting.dataset.stateUrl);
const bar = document.querySelector("[data-marks]"), player = document.querySelector("[data-player]");
if (bar && player) marks(bar, player);
