/* What this device keeps: recordings (sealed, in files), their keys and where each stands (in a database).
   Nobody's logout empties it: a recording stays until the server has it, or its expert erases it. */

import { Cupboard, newKey, opened, sealed } from "./cupboard.js";

const NAME = "guichet-recorder", VERSION = 2;

/** One door to the worker and the database. */
export class Vault {
  constructor(workerUrl) {
    this.cupboard = new Cupboard(NAME, ["recordings"], VERSION);
    this.worker = new Worker(workerUrl, { type: "module" });
    this.waiting = new Map();
    this.calls = 0;
    this.worker.addEventListener("message", ({ data }) => this.answered(data));
    this.worker.addEventListener("error", () => this.broken());
  }

  /** Ask the worker; `data` that can be handed over is. */
  ask(act, what = {}) {
    const call = (this.calls += 1);
    return new Promise((done, failed) => {
      this.waiting.set(call, { done, failed });
      this.worker.postMessage({ call, act, ...what }, what.data instanceof ArrayBuffer ? [what.data] : []);
    });
  }

  answered({ call, answer, failed, name }) {
    const asked = this.waiting.get(call);
    this.waiting.delete(call);
    if (failed === undefined) asked?.done(answer);
    else asked?.failed(Object.assign(new Error(failed), { name }));
  }

  broken() {
    for (const { failed } of this.waiting.values()) failed(new Error("worker"));
    this.waiting.clear();
  }

  /** A place for a recording: its key is safe before the first sound, and seals who it is about. */
  async begin(facts, label = null) {
    const key = await newKey();
    const entry = { ...facts, id: crypto.randomUUID(), key, label: await sealed(key, label), state: "open", since: Date.now() };
    await this.cupboard.put("recordings", entry);
    try {
      await this.ask("open", { id: entry.id, key, create: true });
    } catch (error) {
      await this.erase(entry.id).catch(() => {});
      throw error;
    }
    return entry;
  }

  /** Name and number of whom an entry is about; null where they cannot be read. */
  labelOf(entry) {
    return opened(entry.key, entry.label);
  }

  async change(id, changes) {
    const entry = await this.cupboard.get("recordings", id);
    if (entry) await this.cupboard.put("recordings", { ...entry, ...changes });
  }

  /** Nothing of it stays: the file first, then the key that opened it. */
  async erase(id) {
    await this.ask("erase", { id });
    await this.cupboard.store("recordings", "readwrite", (store) => store.delete(id));
  }

  /** Every recording on this device, the oldest first; files without a key can never be opened again and go. */
  async recordings() {
    const entries = await this.cupboard.store("recordings", "readonly", (store) => store.getAll());
    const known = new Set(entries.map((entry) => entry.id));
    for (const name of await this.ask("names")) if (!known.has(name)) await this.ask("erase", { id: name }).catch(() => {});
    return entries.sort((one, other) => one.since - other.since);
  }
}
