/* From this device to the server: tus 1.0 in parts, opened one by one; erased here only when the server has decoded the same bytes. */

import { spoken, stretches } from "./log.js";

const DELAYS = [1000, 2000, 5000, 10_000, 20_000, 30_000];
const POLL = 1000;
const TUS = { "Tus-Resumable": "1.0.0" };

/** Why a sending stopped for good; `why` is a word of the page, behind « stop- ». */
export class Stopped extends Error {
  constructor(why, { text = "", page = "" } = {}) {
    super(why);
    Object.assign(this, { why, text, page });
  }
}

export class Sending {
  /** `tell` hears { step, sent, of }: waiting, full, sending, checking. */
  constructor({ vault, entry, places, tell = () => {} }) {
    Object.assign(this, { vault, entry, places, tell });
  }

  /** Returns the address of the deposit once the local copy is erased. Raises `Stopped`. */
  async run() {
    const row = await this.vault.ask("open", { id: this.entry.id, key: this.entry.key });
    if (!row.bytes) throw new Stopped("empty");
    this.deposit = await this.announce(row);
    let digest = "";
    for (;;) {
      const state = await this.state();
      if (state.step === "file" || state.step === "resume" || state.step === "checksum") digest = await this.upload(state, row.bytes);
      else if (state.step === "destroyed") throw new Stopped("destroyed");
      else if (state.step === "refused") throw new Stopped("refused", { page: this.deposit.page });
      else if (state.step === "ready" || state.step === "sent") break;
      else await this.checking();
    }
    if ((await this.state()).sha256 !== (digest || (await this.digest()))) throw new Stopped("differs", { page: this.deposit.page });
    if (!row.damaged) await this.vault.erase(this.entry.id);
    return this.deposit.page;
  }

  async announce(row) {
    const parts = spoken(stretches(row.events, row.last));
    const body = JSON.stringify({ id: this.entry.id, mandate: this.entry.mandate, now: new Date().toISOString(), parts });
    const answer = await this.fetch(this.places.begin, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (answer.status === 409) throw new Stopped((await answer.json()).why);
    if (!answer.ok) throw new Stopped({ 404: "gone", 422: "log" }[answer.status] ?? "failed");
    return answer.json();
  }

  async upload(state, length) {
    let place = state.url || (await this.create(length)), offset = await this.offset(place);
    let read = 0, digest = "";
    await this.vault.ask("rewind", { id: this.entry.id });
    while (!digest) {
      const { data, done, sha256 } = await this.vault.ask("next", { id: this.entry.id, size: this.places.partSize });
      while (read === offset && offset < length) offset = await this.patch(place, offset, data, sha256);
      if (offset > read && offset < read + data.byteLength) throw new Stopped("failed");
      read += data.byteLength;
      this.tell({ step: "sending", sent: Math.min(offset, length), of: length });
      if (done) digest = sha256;
    }
    return digest;
  }

  async create(length) {
    await this.vault.change(this.entry.id, { state: "sending" }); // its length is said: nothing is added any more
    const name = btoa(`entretien.${this.entry.type.includes("webm") ? "webm" : "mp4"}`);
    const answer = await this.fetch(this.deposit.endpoint, { method: "POST", headers: { ...TUS, "Upload-Length": String(length), "Upload-Metadata": `filename ${name}` } });
    if (answer.status === 409) throw new Stopped("waived");
    if (answer.status !== 201) throw new Stopped("failed", { text: await answer.text() });
    return answer.headers.get("Location");
  }

  async offset(place) {
    const answer = await this.fetch(place, { method: "HEAD", headers: TUS });
    if (!answer.ok) throw new Stopped("failed");
    return Number(answer.headers.get("Upload-Offset"));
  }

  /** One part; the server says how much is safe now, also when it has it already. */
  async patch(place, offset, data, sha256) {
    const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    if (sha256) headers["Upload-Sha256"] = sha256;
    const answer = await this.fetch(place, { method: "PATCH", body: data, headers }, () => this.offset(place));
    if (typeof answer === "number") return answer;
    if (answer.status === 204 || answer.status === 409) return Number(answer.headers.get("Upload-Offset"));
    throw new Stopped("failed");
  }

  async state() {
    const answer = await this.fetch(this.deposit.state);
    if (!answer.ok) throw new Stopped(answer.status === 404 ? "gone" : "failed");
    return answer.json();
  }

  async checking() {
    this.tell({ step: "checking" });
    await sleep(POLL);
  }

  /** The SHA-256 of what lies here, when all of it was sent before this page was opened. */
  async digest() {
    await this.vault.ask("rewind", { id: this.entry.id });
    for (;;) {
      const { done, sha256 } = await this.vault.ask("next", { id: this.entry.id, size: this.places.partSize });
      if (done) return sha256;
    }
  }

  /** Try until the server answers; `after` is done instead of a second try, once there is a line again. */
  async fetch(url, { headers = {}, ...options } = {}, after = null) {
    for (let tries = 0; ; tries += 1) {
      let step = "waiting";
      try {
        const answer = await fetch(url, { redirect: "manual", ...options, headers: { "X-CSRFToken": this.places.token, ...headers } });
        if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Stopped("login");
        const said = answer.headers.get("Content-Type")?.startsWith("text/plain"); // why not: no line will mend that
        if (answer.status < 500 && (answer.status !== 429 || said)) return answer;
        if (answer.status === 507) step = "full";
      } catch (error) {
        if (error instanceof Stopped) throw error;
      }
      this.tell({ step });
      await Promise.race([sleep(DELAYS[Math.min(tries, DELAYS.length - 1)]), online()]);
      if (after) return after();
    }
  }
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

function online() {
  return new Promise((done) => addEventListener("online", done, { once: true }));
}
