/* SHA-256 of what comes piece by piece: SubtleCrypto wants the whole at once, and two gigabytes are not in memory. FIPS 180-4. */

const K = new Uint32Array(64);
const START = new Uint32Array(8);

/* The constants are the first 32 bits of the fractional parts of cube and square roots of the first primes. */
{
  const fraction = (number) => ((number - Math.floor(number)) * 0x100000000) >>> 0;
  const isPrime = (number) => {
    for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) return false;
    return true;
  };
  for (let number = 2, found = 0; found < 64; number += 1) {
    if (!isPrime(number)) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    K[found] = fraction(Math.cbrt(number));
    found += 1;
  }
}

/* A class of the whole worker, classic or module: `update` as often as needed, then `digest` in hexadecimal. */
globalThis.Sha256 = class Sha256 {
  constructor() {
    this.state = START.slice();
    this.words = new Uint32Array(64);
    this.rest = new Uint8Array(64);
    this.waiting = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    let place = 0;
    if (this.waiting) {
      place = Math.min(64 - this.waiting, bytes.length);
      this.rest.set(bytes.subarray(0, place), this.waiting);
      this.waiting += place;
      if (this.waiting < 64) return this;
      this.block(this.rest, 0);
      this.waiting = 0;
    }
    for (; place + 64 <= bytes.length; place += 64) this.block(bytes, place);
    this.rest.set(bytes.subarray(place));
    this.waiting = bytes.length - place;
    return this;
  }

  digest() {
    const bits = this.length * 8;
    const padding = new Uint8Array(((this.waiting < 56 ? 56 : 120) - this.waiting) + 8);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 0x100000000));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    return [...this.state].map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  block(bytes, place) {
    const w = this.words;
    for (let i = 0; i < 16; i += 1, place += 4) w[i] = (bytes[place] << 24) | (bytes[place + 1] << 16) | (bytes[place + 2] << 8) | bytes[place + 3];
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = (w[i - 16] + w[i - 7] + (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) + (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10))) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let i = 0; i < 64; i += 1) {
      const one = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const two = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    const s = this.state;
    s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
  }
};
