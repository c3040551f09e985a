/* What this device keeps: recordings (sealed, in files), their keys and where each stands (in a database). */

const NAME = "guichet-recorder", VERSION = 1;
const SEALING = { name: "AES-GCM", length: 256 };

/** One door to the worker and the database. Keys never leave the browser: they cannot be exported. */
export class Vault {
  constructor(workerUrl) {
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
    const { done, failed: fail } = this.waiting.get(call);
    this.waiting.delete(call);
    if (failed === undefined) done(answer);
    else fail(Object.assign(new Error(failed), { name }));
  }

  broken() {
    for (const { failed } of this.waiting.values()) failed(new Error("worker"));
    this.waiting.clear();
  }

  /** A place for a recording: its key is safe before the first sound. */
  async begin(facts) {
    const key = await crypto.subtle.generateKey(SEALING, false, ["encrypt", "decrypt"]);
    const entry = { ...facts, id: crypto.randomUUID(), key, state: "open", since: Date.now() };
    await this.put("recordings", entry);
    await this.ask("open", { id: entry.id, key, create: true });
    return entry;
  }

  async change(id, changes) {
    const entry = await this.get("recordings", id);
    if (entry) await this.put("recordings", { ...entry, ...changes });
  }

  /** Nothing of it stays: the file first, then the key that opened it. */
  async erase(id) {
    await this.ask("erase", { id });
    await this.store("recordings", "readwrite", (store) => store.delete(id));
    await this.store("sealed", "readwrite", (store) => store.delete(`label-${id}`));
  }

  /** Every recording on this device, the oldest first; files without a key can never be opened again and go. */
  async recordings() {
    const entries = await this.store("recordings", "readonly", (store) => store.getAll());
    const known = new Set(entries.map((entry) => entry.id));
    for (const name of await this.ask("names")) if (!known.has(name)) await this.ask("erase", { id: name }).catch(() => {});
    return entries.sort((one, other) => one.since - other.since);
  }

  /** Seal something small that must be there without a connection. */
  async seal(name, value) {
    let key = (await this.get("keys", "device"))?.key;
    if (!key) {
      key = await crypto.subtle.generateKey(SEALING, false, ["encrypt", "decrypt"]);
      await this.put("keys", { id: "device", key });
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value)));
    await this.put("sealed", { id: name, iv, sealed });
  }

  async unseal(name) {
    const [found, holder] = await Promise.all([this.get("sealed", name), this.get("keys", "device")]);
    if (!found || !holder) return null;
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, holder.key, found.sealed);
    return JSON.parse(new TextDecoder().decode(data));
  }

  get(store, id) {
    return this.store(store, "readonly", (rows) => rows.get(id));
  }

  put(store, value) {
    return this.store(store, "readwrite", (rows) => rows.put(value));
  }

  async store(name, mode, act) {
    this.database ??= database();
    const open = await this.database;
    return new Promise((done, failed) => {
      const transaction = open.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.addEventListener("complete", () => done(request.result));
      transaction.addEventListener("abort", () => failed(transaction.error ?? new Error("aborted")));
    });
  }
}

function database() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, VERSION);
    request.addEventListener("upgradeneeded", () => {
      for (const name of ["recordings", "keys", "sealed"]) request.result.createObjectStore(name, { keyPath: "id" });
    });
    request.addEventListener("success", () => done(request.result));
    request.addEventListener("error", () => failed(request.error));
  });
}
