/* What a device must be able to do before an interview is trusted to it (REC-09, REC-18). Measured, not guessed from its name. */

import { soundType } from "./capture.js";

export const ROOM = 300 * 1024 * 1024; // bytes: three hours take 90 MB, and as much again while they are sent
const CHARGED = 0.5;
const PATIENCE = 1000; // milliseconds for a question the browser asks the person, who may leave it open

/** [{ name, state, value }]: `fails` blocks, `warns` does not, `unknown` could not be found out. `hear` gets what is known later. */
export async function measure(vault, hear = () => {}) {
  const asked = lasting();
  const needed = await Promise.all([
    found("recorder", Boolean(navigator.mediaDevices?.getUserMedia) && Boolean(soundType())),
    found("crypto", await works(() => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]))),
    found("store", await works(() => vault.ask("probe"))),
    room(),
  ]);
  const helping = await Promise.all([offline(), awake(), battery()]);
  return [...needed, await inTime(asked, hear), ...helping];
}

/** Whether nothing that is needed is missing. */
export function suffices(measures) {
  return measures.every((one) => one.state !== "fails");
}

function found(name, ok, value = "") {
  return { name, state: ok ? "ok" : "fails", value };
}

async function works(act) {
  try {
    return Boolean(await act());
  } catch {
    return false;
  }
}

async function room() {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => ({}))) ?? {};
  if (quota === undefined) return { name: "room", state: "unknown", value: "" };
  return found("room", quota - usage >= ROOM, `${((quota - usage) / 1e9).toFixed(1)}`);
}

async function lasting() {
  const kept = await works(async () => (await navigator.storage.persisted()) || navigator.storage.persist());
  return { name: "lasting", state: kept ? "ok" : "warns", value: "" };
}

/** Firefox asks whether the data may stay: the device is usable meanwhile. */
async function inTime(asked, hear) {
  const late = new Promise((done) => setTimeout(done, PATIENCE, null));
  const answer = await Promise.race([asked, late]);
  if (!answer) asked.then(hear);
  return answer ?? { name: "lasting", state: "warns", value: "" };
}

async function offline() {
  return { name: "offline", state: navigator.serviceWorker ? "ok" : "warns", value: "" };
}

async function awake() {
  return { name: "awake", state: navigator.wakeLock ? "ok" : "warns", value: "" };
}

async function battery() {
  const found = await navigator.getBattery?.().catch(() => null);
  if (!found) return { name: "battery", state: "unknown", value: "" };
  return { name: "battery", state: found.charging || found.level >= CHARGED ? "ok" : "warns", value: `${Math.round(found.level * 100)}` };
}
