/* How a recording lies on the device: a row of sealed records, each bound to the one before it.

   A record: its head (number, length in the clear, time, kind), 12 bytes of nonce, the sealed bytes (AES-256-GCM, 16 bytes longer).
   Sealed with it, without being kept: the recording's id and the hash of the record before. Whatever is moved, changed or
   left out is noticed; a last record that death left unfinished is cut off. */

import "../sha256.js";

export const SOUND = 0;
export const EVENT = 1;
const HEAD = 20, NONCE = 12, TAG = 16;
const LONGEST = 64 * 1024 * 1024; // bytes of one record; a browser that slept may hand over many slices at once

/** A row in a file of the origin's private file system; for a worker, which alone has such handles. */
export class Row {
  constructor(id, key, handle) {
    this.id = new TextEncoder().encode(id);
    this.key = key;
    this.handle = handle;
    this.empty();
    this.rewind();
  }

  empty() {
    this.end = 0; // bytes of whole records
    this.number = 0;
    this.before = new Uint8Array(32);
    this.bytes = 0; // of sound
    this.events = [];
    this.last = 0; // time of the last record
    this.torn = 0;
    this.damaged = false;
  }

  /** Follow the row to its last whole record; who is reading the sound meanwhile goes on where they were. */
  async open() {
    const size = this.handle.getSize();
    this.empty();
    while (this.end < size) {
      const record = await this.record(this.end, this.number, this.before, size);
      if (!record) {
        this.damaged = !this.isLast(this.end, size);
        if (this.damaged) break;
        this.torn = size - this.end;
        this.handle.truncate(this.end);
        this.handle.flush();
        break;
      }
      this.follow(record);
    }
    return this.summary();
  }

  summary() {
    return { bytes: this.bytes, records: this.number, events: this.events, last: this.last, torn: this.torn, damaged: this.damaged };
  }

  async append(kind, time, data) {
    const view = new DataView(new ArrayBuffer(HEAD));
    view.setUint32(0, this.number);
    view.setUint32(4, data.byteLength);
    view.setFloat64(8, time);
    view.setUint32(16, kind);
    const head = new Uint8Array(view.buffer), nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: this.bound(head, this.before) }, this.key, data);
    const whole = joined(head, nonce, new Uint8Array(sealed));
    this.write(whole);
    this.follow({ kind, time, data: new Uint8Array(data), before: await digest(whole.subarray(HEAD)), next: this.end + whole.byteLength });
    return { bytes: this.bytes, records: this.number };
  }

  /** All of it or nothing: of a record the disk had no room for, no byte stays. */
  write(whole) {
    let written = 0;
    try {
      written = this.handle.write(whole, { at: this.end });
      this.handle.flush();
    } catch (error) {
      this.handle.truncate(this.end);
      throw error;
    }
    if (written === whole.byteLength) return;
    this.handle.truncate(this.end);
    throw new Error("full");
  }

  /** Begin to read the sound again. */
  rewind() {
    this.reading = { place: 0, number: 0, before: new Uint8Array(32), rest: new Uint8Array(0), hash: new globalThis.Sha256() };
  }

  /** The next bytes of the sound, `size` of them or what is left; with the last of them the SHA-256 of all. */
  async next(size) {
    const at = this.reading, pieces = [at.rest];
    let length = at.rest.byteLength;
    while (length < size && at.place < this.end) {
      const record = await this.record(at.place, at.number, at.before, this.end);
      if (!record) throw new Error("damaged");
      [at.place, at.number, at.before] = [record.next, at.number + 1, record.before];
      if (record.kind !== SOUND) continue;
      at.hash.update(record.data);
      pieces.push(record.data);
      length += record.data.byteLength;
    }
    const all = joined(...pieces), data = all.slice(0, size);
    at.rest = all.slice(size);
    const done = at.place >= this.end && !at.rest.byteLength;
    return { data, done, sha256: done ? at.hash.digest() : "" };
  }

  async record(place, number, before, size) {
    if (place + HEAD + NONCE + TAG > size) return null;
    const head = this.read(place, HEAD), view = new DataView(head.buffer);
    const length = view.getUint32(4), next = place + HEAD + NONCE + length + TAG;
    if (view.getUint32(0) !== number || length > LONGEST || next > size) return null;
    const body = this.read(place + HEAD, NONCE + length + TAG);
    const how = { name: "AES-GCM", iv: body.subarray(0, NONCE), additionalData: this.bound(head, before) };
    const data = await crypto.subtle.decrypt(how, this.key, body.subarray(NONCE)).catch(() => null);
    return data && { kind: view.getUint32(16), time: view.getFloat64(8), data: new Uint8Array(data), before: await digest(body), next };
  }

  follow(record) {
    if (record.kind === SOUND) this.bytes += record.data.byteLength;
    else this.events.push(JSON.parse(new TextDecoder().decode(record.data)));
    [this.end, this.before, this.last] = [record.next, record.before, record.time];
    this.number += 1;
  }

  /** Whether a record that cannot be opened is the one death left behind: nothing whole can follow it. */
  isLast(place, size) {
    if (place + HEAD > size) return true;
    return place + HEAD + NONCE + new DataView(this.read(place, HEAD).buffer).getUint32(4) + TAG >= size;
  }

  bound(head, before) {
    return joined(this.id, head, before);
  }

  read(place, length) {
    const bytes = new Uint8Array(length);
    this.handle.read(bytes, { at: place });
    return bytes;
  }
}

function joined(...pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.byteLength;
  }
  return whole;
}

async function digest(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
