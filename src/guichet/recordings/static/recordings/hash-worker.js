/* SHA-256 of a file, read piece by piece. Message in: { file }. Messages out: { done } with the bytes read, at last { digest }. */

importScripts("sha256.js");

const PIECE = 4 * 1024 * 1024;

addEventListener("message", async ({ data: { file } }) => {
  try {
    const hash = new Sha256();
    for (let place = 0; place < file.size; place += PIECE) {
      hash.update(new Uint8Array(await file.slice(place, place + PIECE).arrayBuffer()));
      postMessage({ done: Math.min(place + PIECE, file.size) });
    }
    postMessage({ digest: hash.digest() });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
});
