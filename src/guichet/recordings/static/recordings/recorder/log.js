/* From what happened to stretches of sound: from when to when, and why each ended (OPGA 7k al. 6, LCAI 412). */

/** A moment that no change of the device's clock moves: milliseconds since this page was opened, and which page that is. */
export function tick() {
  return { tick: performance.now(), page: performance.timeOrigin };
}

/** Events are { what: "go" | "stop" | "why", at, why }; a stretch that nobody ended was cut where the last sound is.

    Within one page the length is measured, whatever the clock did meanwhile; stretches never overlap. */
export function stretches(events, last, now = {}) {
  const found = [];
  let began = {};
  for (const event of events) {
    const open = found.at(-1)?.to === null ? found.at(-1) : null;
    if (event.what === "go") {
      if (open) close(open, Math.min(last, event.at), "cut");
      found.push({ from: Math.max(event.at, found.at(-1)?.to ?? 0), to: null, reason: "" });
      began = event;
    } else if (event.what === "why") {
      if (found.length && !open) found.at(-1).reason = event.why; // said after the pause had begun
    } else if (open) close(open, measured(open, began, event) ?? event.at, event.why);
  }
  const open = found.at(-1);
  if (open && open.to === null) close(open, measured(open, began, now) ?? last, "cut");
  return found.filter((one) => one.to > one.from);
}

function measured(stretch, began, ended) {
  return began.page && began.page === ended.page ? Math.round(stretch.from + ended.tick - began.tick) : null;
}

function close(stretch, at, why) {
  stretch.to = Math.max(at, stretch.from);
  stretch.reason = why;
}

/** Milliseconds of sound. */
export function lengthOf(parts) {
  return parts.reduce((sum, part) => sum + part.to - part.from, 0);
}

/** As the server takes them: none of them to come, where a clock was put back meanwhile. */
export function spoken(parts, now = Date.now()) {
  const ahead = Math.max(0, (parts.at(-1)?.to ?? 0) - now), said = (ms) => new Date(ms - ahead).toISOString();
  return parts.map(({ from, to, reason }) => ({ from: said(from), to: said(to), reason }));
}

/** 0:42, 1:05:09. */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000), hours = Math.floor(seconds / 3600);
  const rest = String(seconds % 60).padStart(2, "0"), minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
