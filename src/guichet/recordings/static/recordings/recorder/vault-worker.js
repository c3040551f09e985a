/* The worker that keeps recordings in the origin's private file system. Asked one thing after the other, in order. */

import { EVENT, Row, SOUND } from "./row.js";

const FOLDER = "guichet-recorder";
const rows = new Map();

async function folder() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

async function handleOf(name, create) {
  const file = await (await folder()).getFileHandle(name, { create });
  return file.createSyncAccessHandle();
}

async function open({ id, key, create = false }) {
  if (!rows.has(id)) rows.set(id, new Row(id, key, await handleOf(id, create)));
  return rows.get(id).open();
}

const acts = {
  open,
  sound: ({ id, time, data }) => rows.get(id).append(SOUND, time, data),
  event: ({ id, time, event }) => rows.get(id).append(EVENT, time, new TextEncoder().encode(JSON.stringify(event))),
  rewind: ({ id }) => rows.get(id).rewind(),
  next: ({ id, size }) => rows.get(id).next(size),
  close: ({ id }) => {
    rows.get(id)?.handle.close();
    rows.delete(id);
  },
  erase: async ({ id }) => {
    acts.close({ id });
    await (await folder()).removeEntry(id).catch((error) => {
      if (error.name !== "NotFoundError") throw error;
    });
  },
  names: async () => {
    const names = [];
    for await (const name of (await folder()).keys()) names.push(name);
    return names;
  },
  /* Can this device keep a recording at all? Found out by keeping one. */
  probe: async () => {
    const id = `probe-${crypto.randomUUID()}`;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const said = crypto.getRandomValues(new Uint8Array(1000));
    await open({ id, key, create: true });
    await acts.sound({ id, time: 0, data: said.slice().buffer });
    await open({ id, key });
    const { data } = await acts.next({ id, size: 2000 });
    await acts.erase({ id });
    return data.length === said.length && data.every((byte, place) => byte === said[place]);
  },
};

let queue = Promise.resolve();
addEventListener("message", ({ data: { call, act, ...what } }) => {
  queue = queue.then(async () => {
    try {
      postMessage({ call, answer: await acts[act](what) });
    } catch (error) {
      postMessage({ call, failed: error.message, name: error.name });
    }
  });
});
