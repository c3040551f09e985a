/* The mandates of these days, from the server or, sealed, from the last time there was a connection. */

import { places } from "./page.js";

const NAME = "mandates";
const OLD = 14 * 24 * 3600 * 1000;

export class Shelf {
  constructor(vault) {
    this.vault = vault;
    Object.assign(this, { mandates: [], owner: "", token: "", line: "offline" });
  }

  /** `line` is afterwards: online, login or offline. Who is somebody else than last time gets nothing of what is kept. */
  async load() {
    const answer = await fetch(places.data, { redirect: "manual" }).catch(() => null);
    if (answer?.status === 403) return location.assign(places.mandates);
    this.line = answer?.ok ? "online" : answer?.type === "opaqueredirect" || answer?.status === 401 ? "login" : "offline";
    if (this.line === "online") {
      const said = await answer.json();
      Object.assign(this, { mandates: said.mandates, owner: said.owner, token: said.token });
      await this.vault.seal(NAME, { owner: said.owner, mandates: said.mandates, at: Date.now() }).catch(() => {});
    } else {
      const kept = await this.vault.unseal(NAME).catch(() => null);
      const fresh = kept && Date.now() - kept.at < OLD;
      Object.assign(this, { mandates: fresh ? kept.mandates : [], owner: kept?.owner ?? "", token: "" });
    }
    return this;
  }
}
