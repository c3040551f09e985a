/* From what happened to stretches of sound: from when to when, and why each ended (OPGA 7k al. 6, LCAI 412). */

/** Events are { what: "go" | "stop" | "why", at, why }; a stretch that nobody ended was cut where the last sound is. */
export function stretches(events, last) {
  const found = [];
  for (const { what, at, why } of events) {
    const open = found.at(-1)?.to === null ? found.at(-1) : null;
    if (what === "go") {
      if (open) close(open, Math.min(last, at), "cut");
      found.push({ from: at, to: null, reason: "" });
    } else if (what === "why") {
      if (found.length && !open) found.at(-1).reason = why; // said after the pause had begun
    } else if (open) close(open, at, why);
  }
  const open = found.at(-1);
  if (open && open.to === null) close(open, Math.max(last, open.from), "cut");
  return found.filter((one) => one.to > one.from);
}

function close(stretch, at, why) {
  stretch.to = Math.max(at, stretch.from);
  stretch.reason = why;
}

/** Milliseconds of sound. */
export function lengthOf(parts) {
  return parts.reduce((sum, part) => sum + part.to - part.from, 0);
}

/** As the server takes them. */
export function spoken(parts) {
  return parts.map(({ from, to, reason }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), reason }));
}

/** 0:42, 1:05:09. */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000), hours = Math.floor(seconds / 3600);
  const rest = String(seconds % 60).padStart(2, "0"), minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
