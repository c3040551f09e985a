/* [data-player]: plays a listening. Sound comes in sealed segments by hls.js; where a browser has only its own HLS (iPhones before
   iOS 17.1), by a short-lived address that needs no cookie. What was played goes to the server, which ends the listening at once
   when the access is taken away. */

import Hls from "./vendor/hls.light.min.js";

const BEAT = 5000; // ms between two reports while playing
const SEEK_AFTER = 250; // ms of rest before a jump is asked for: keys repeat
const AHEAD = 12; // seconds of sound asked for in advance; the server allows no more than hearing needs
const GONE = [401, 403, 404, 410];
const STEPS = { ArrowLeft: -5, ArrowRight: 5, j: -10, l: 10 }; // seconds
const NATIVE = "application/vnd.apple.mpegurl";
const TRIES = 3; // addresses asked for one after the other without a sound; one alone may have been too old
const OFF = "guichet-shortcuts=off"; // the cookie of ui/js/shortcuts.js

export function start(root = document) {
  for (const box of root.querySelectorAll("[data-player]")) if (!box.playing) box.playing = new Player(box);
}

class Player {
  constructor(box) {
    this.box = box;
    this.audio = box.querySelector("audio");
    this.find = (name) => box.querySelector(`[data-${name}]`);
    this.total = Number(box.dataset.duration) / 1000;
    this.marks = JSON.parse(box.dataset.marks || "[]");
    this.peaks = [];
    this.told = "";
    this.connect();
    this.listen();
    this.shape();
    this.show();
    this.usable(!this.ended);
  }

  /** Until the script listens, and once the access is gone, no control pretends to do something. */
  usable(yes) {
    const outside = document.querySelectorAll("[data-go], [data-here]");
    for (const control of [...this.box.querySelectorAll("button, input, select"), ...outside]) control.disabled = !yes;
  }

  connect() {
    if (!Hls.isSupported()) return void (this.audio.canPlayType(NATIVE) ? this.connectNatively() : this.unable());
    const patient = { maxTimeToFirstByteMs: 15000, maxLoadTimeMs: 30000, timeoutRetry: { maxNumRetry: 3, retryDelayMs: 500, maxRetryDelayMs: 4000 },
      errorRetry: { maxNumRetry: 20, retryDelayMs: 1000, maxRetryDelayMs: 4000, shouldRetry: (config, count, timedOut, answer) => this.again(config, count, timedOut, answer) } };
    this.hls = new Hls({ enableWorker: false, autoStartLoad: false, maxBufferLength: AHEAD, maxMaxBufferLength: AHEAD, backBufferLength: 30,
      fragLoadPolicy: { default: patient }, keyLoadPolicy: { default: patient }, playlistLoadPolicy: { default: patient } });
    this.hls.on(Hls.Events.ERROR, (_, data) => this.failed(data.response?.code, data.fatal));
    this.hls.on(Hls.Events.FRAG_LOADED, () => this.say(""));
    this.hls.loadSource(this.box.dataset.source);
    this.hls.attachMedia(this.audio);
  }

  /** Too fast or not reachable: again, after a while. Anything else the server says is meant. */
  again(config, count, timedOut, answer) {
    const code = answer?.code ?? 0;
    if (code === 429) this.say(this.box.dataset.sayWait);
    return count < config.maxNumRetry && (code === 429 || code === 503 || code === 0 || timedOut);
  }

  /** Neither of the two ways: said at once, instead of a button that does nothing. */
  unable() {
    this.ended = true;
    this.say(this.box.dataset.sayUnable);
  }

  async connectNatively(tries = 0) {
    if (this.ended) return;
    if (tries > TRIES) return this.say(this.box.dataset.sayBroken);
    const answer = await this.post(this.box.dataset.passUrl);
    if (GONE.includes(answer?.status)) return this.over();
    if (!answer?.ok) return this.say(this.box.dataset.sayBroken);
    const at = this.audio.currentTime, going = !this.audio.paused;
    this.audio.src = (await answer.json()).url;
    this.audio.onplaying = () => { tries = 0; };
    this.audio.onerror = () => this.connectNatively(tries + 1);
    this.audio.addEventListener("loadedmetadata", () => { this.audio.currentTime = at; }, { once: true });
    if (going) this.audio.play().catch(() => this.show());
  }

  failed(code, fatal) {
    if (GONE.includes(code)) return this.over();
    if (code === 429) return this.say(this.box.dataset.sayWait);
    if (fatal) this.say(this.box.dataset.sayBroken);
  }

  listen() {
    const { audio } = this;
    this.find("toggle").addEventListener("click", () => this.toggle());
    this.find("back").addEventListener("click", () => this.seek(this.place() - 10));
    this.find("forward").addEventListener("click", () => this.seek(this.place() + 10));
    this.find("speed").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
    this.find("place").addEventListener("input", (event) => this.seek(Number(event.target.value)));
    for (const name of ["play", "playing", "pause", "ended", "timeupdate", "waiting", "seeked"]) audio.addEventListener(name, () => this.show());
    for (const name of ["pause", "ended"]) audio.addEventListener(name, () => this.report());
    setInterval(() => { if (!audio.paused) this.report(); }, BEAT);
    addEventListener("pagehide", () => this.report(true));
    new ResizeObserver(() => this.draw()).observe(this.find("wave"));
    document.addEventListener("keydown", (event) => this.pressed(event));
    for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => this.go(Number(button.dataset.go) / 1000));
    for (const form of document.querySelectorAll("form[data-at-place]")) this.keepPlace(form);
  }

  /** A form that says something about a place carries the place where the sound stands, and shows it. */
  keepPlace(form) {
    const write = () => {
      form.elements.at_ms.value = Math.floor(this.place() * 1000);
      const shown = form.querySelector("[data-at]");
      if (shown) shown.textContent = clock(this.place());
    };
    this.audio.addEventListener("timeupdate", () => { if (!form.contains(document.activeElement)) write(); });
    form.addEventListener("focusin", () => { if (!form.held) write(); form.held = true; });
    form.querySelector("[data-here]")?.addEventListener("click", write);
    if (Number(form.elements.at_ms.value)) form.held = true;
    else write();
  }

  /** Space and arrows where no control wants them; single signs only while shortcuts are on (WCAG 2.1.4). */
  pressed(event) {
    const { key, target } = event;
    if (this.ended || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (target.matches?.("input:not([type=range]), textarea, select, [contenteditable]")) return;
    const act = key === " " ? !target.closest?.("button, a, summary") && (() => this.toggle())
      : key.startsWith("Arrow") ? target !== this.find("place") && STEPS[key] && (() => this.seek(this.place() + STEPS[key]))
      : !document.cookie.split("; ").includes(OFF) && this.sign(key.toLowerCase());
    if (!act) return;
    event.preventDefault();
    act();
  }

  sign(key) {
    if (key === "k") return () => this.toggle();
    if (STEPS[key]) return () => this.seek(this.place() + STEPS[key]);
    const speed = this.find("speed");
    const to = speed.selectedIndex + ({ "+": 1, "-": -1 }[key] ?? 0);
    return ["+", "-"].includes(key) && speed.options[to] && (() => { speed.selectedIndex = to; this.audio.playbackRate = Number(speed.value); });
  }

  toggle() {
    if (this.ended) return;
    if (!this.audio.paused) return this.audio.pause();
    if (this.hls && !this.loading) { this.loading = true; this.hls.startLoad(this.wanted ?? -1); }
    this.audio.play().catch(() => this.show());
  }

  go(seconds) {
    this.seek(seconds);
    if (this.audio.paused) this.toggle();
  }

  place() {
    return this.wanted ?? this.audio.currentTime;
  }

  seek(seconds) {
    this.wanted = Math.max(0, Math.min(seconds, Math.max(0, this.total - 0.2)));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const to = this.wanted;
      if (this.audio.readyState === 0) return this.audio.addEventListener("loadedmetadata", () => this.jump(to), { once: true });
      this.jump(to);
    }, SEEK_AFTER);
    this.show();
  }

  jump(to) {
    this.audio.currentTime = to;
    this.wanted = undefined;
    this.show();
  }

  show() {
    const at = this.place();
    const going = !this.audio.paused && !this.audio.ended;
    this.find("clock").textContent = `${clock(at)} / ${clock(this.total)}`;
    const place = this.find("place");
    place.value = Math.floor(at);
    place.setAttribute("aria-valuetext", `${clock(at)} / ${clock(this.total)}`);
    this.find("icon-play").hidden = going;
    this.find("icon-pause").hidden = !going;
    this.find("word").textContent = going ? this.box.dataset.sayPause : this.box.dataset.sayPlay;
    this.box.dataset.state = this.ended ? "over" : going ? (this.audio.readyState < 3 ? "waiting" : "playing") : "paused";
    this.draw();
  }

  say(text) {
    const line = this.find("said");
    if (line.textContent !== text) line.textContent = text;
  }

  /** The access is gone: silence, at once. What was fetched is thrown away. */
  over() {
    if (this.ended) return;
    this.ended = true;
    this.audio.pause();
    this.hls?.destroy();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.usable(false);
    this.say(this.box.dataset.sayOver);
    this.show();
  }

  async report(leaving = false) {
    const played = this.audio.played;
    const spans = [];
    for (let i = 0; i < played.length; i++) {
      const span = [Math.ceil(played.start(i) * 1000), Math.floor(played.end(i) * 1000)];
      if (span[1] > span[0]) spans.push(span);
    }
    const said = JSON.stringify({ spans: spans.slice(-50) });
    if (this.ended || (leaving && said === this.told)) return;
    const answer = await this.post(this.box.dataset.heardUrl, said, leaving);
    if (answer && GONE.includes(answer.status)) this.over();
    else if (answer?.ok) this.told = said;
  }

  async post(url, body = "{}", keepalive = false) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.box.dataset.token };
    try {
      return await fetch(url, { method: "POST", body, headers, keepalive });
    } catch {
      return null; // no connection: the next report says it again
    }
  }

  async shape() {
    try {
      const answer = await fetch(this.box.dataset.waveUrl);
      if (answer.ok) this.peaks = (await answer.json()).peaks;
    } catch {
      return; // the picture is a convenience
    }
    this.draw();
  }

  draw() {
    const canvas = this.find("wave");
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    const scale = devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(canvas);
    const [rest, heard, mark] = ["--grey-2", "--act", "--attention"].map((name) => style.getPropertyValue(name));
    const peaks = this.peaks.length ? this.peaks : [2];
    const bars = Math.min(peaks.length > 1 ? peaks.length : 1, Math.floor(width / 3)) || 1;
    const now = (this.place() / this.total) * width;
    for (let i = 0; i < bars; i++) {
      const from = Math.floor((i * peaks.length) / bars);
      const loud = Math.max(...peaks.slice(from, Math.max(from + 1, Math.floor(((i + 1) * peaks.length) / bars))));
      const x = (i * width) / bars;
      const tall = Math.max(2, (loud / 100) * (height - 12));
      pen.fillStyle = x < now ? heard : rest;
      pen.fillRect(x, (height - tall) / 2, Math.max(1, width / bars - 1), tall);
    }
    for (const { kind, at } of this.marks) {
      const x = (at / 1000 / this.total) * width;
      pen.fillStyle = kind === "marker" ? mark : heard;
      pen.fillRect(x - 1, 0, 2, height);
      if (kind === "marker") pen.fillRect(x - 4, 0, 8, 8);
      else pen.fillRect(kind === "start" ? x : x - 8, 0, 8, 3);
    }
  }
}

export function clock(seconds) {
  const whole = Math.floor(seconds || 0);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60].map((n) => String(n).padStart(2, "0"));
  return whole >= 3600 ? `${Number(h)}:${m}:${s}` : `${m}:${s}`;
}

start();
