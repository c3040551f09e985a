/* A small database of this browser: stores of entries by their id. */

export class Cupboard {
  constructor(name, stores, version = 1) {
    Object.assign(this, { name, stores, version, opened: null });
  }

  get(store, id) {
    return this.store(store, "readonly", (rows) => rows.get(id));
  }

  put(store, value) {
    return this.store(store, "readwrite", (rows) => rows.put(value));
  }

  async store(name, mode, act) {
    this.opened ??= this.open().catch((error) => ((this.opened = null), Promise.reject(error)));
    const database = await this.opened;
    return new Promise((done, failed) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.addEventListener("complete", () => done(request.result));
      transaction.addEventListener("abort", () => failed(transaction.error ?? new Error("aborted")));
    });
  }

  open() {
    return new Promise((done, failed) => {
      const request = indexedDB.open(this.name, this.version);
      request.addEventListener("upgradeneeded", () => this.furnish(request.result));
      request.addEventListener("success", () => done(this.watched(request.result)));
      request.addEventListener("error", () => failed(request.error));
    });
  }

  furnish(database) {
    for (const name of database.objectStoreNames) if (!this.stores.includes(name)) database.deleteObjectStore(name);
    for (const name of this.stores) if (!database.objectStoreNames.contains(name)) database.createObjectStore(name, { keyPath: "id" });
  }

  /** Another page that empties it, at the logout, does not wait for this one. */
  watched(database) {
    const gone = () => (this.opened = null);
    database.addEventListener("versionchange", () => (database.close(), gone()));
    database.addEventListener("close", gone);
    return database;
  }
}

/** A key that never leaves the browser: it cannot be exported. */
export function newKey() {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Something small, sealed. */
export async function sealed(key, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value))) };
}

/** What was sealed; null where it cannot be opened. */
export async function opened(key, box) {
  if (!key || !box) return null;
  const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data).catch(() => null);
  return data && JSON.parse(new TextDecoder().decode(data));
}
