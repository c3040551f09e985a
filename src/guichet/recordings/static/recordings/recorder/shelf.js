/* The mandates of these days, from the server or, sealed, from the last time there was a connection.

   They lie in the database of the login (see ui/js/logout.js): whoever logs out takes them along. */

import { Cupboard, newKey, opened, sealed } from "./cupboard.js";
import { places } from "./page.js";

const OLD = 14 * 24 * 3600 * 1000;

export class Shelf {
  constructor(cupboard = new Cupboard("guichet-login", ["shelves"])) {
    this.cupboard = cupboard;
    Object.assign(this, { mandates: [], owner: "", token: "", line: "offline" });
  }

  /** `line` is afterwards: online, login or offline. Who is somebody else than last time gets nothing of what is kept. */
  async load() {
    const answer = await fetch(places.data, { redirect: "manual" }).catch(() => null);
    if (answer?.status === 403) return location.assign(places.mandates);
    const line = answer?.ok ? "online" : answer?.type === "opaqueredirect" || answer?.status === 401 ? "login" : "offline";
    const said = line === "online" ? await answer.json().catch(() => null) : null;
    this.line = line === "online" && !said ? "offline" : line; // the line broke while it answered
    if (said) {
      Object.assign(this, { mandates: said.mandates, owner: said.owner, token: said.token });
      await this.keep({ owner: said.owner, mandates: said.mandates, at: Date.now() }).catch(() => {});
    } else {
      const kept = await this.kept().catch(() => null);
      const fresh = kept && Date.now() - kept.at < OLD;
      Object.assign(this, { mandates: fresh ? kept.mandates : [], owner: kept?.owner ?? "", token: "" });
    }
    return this;
  }

  /** One shelf for every office: an expert may work for several. */
  async keep(said) {
    const key = await newKey();
    await this.cupboard.put("shelves", { id: places.scope, key, box: await sealed(key, said) });
  }

  async kept() {
    const found = await this.cupboard.get("shelves", places.scope);
    return found ? opened(found.key, found.box) : null;
  }
}

/** Whose a recording on this device is: mine; another office's; another person's, or nobody can tell before a login. */
export function claim(entry, { owner, scope }) {
  if (entry.space !== scope) return "elsewhere";
  if (!owner) return "unknown";
  return entry.owner === owner ? "mine" : "other";
}
