/* The first screen: what was found, whom to record today, whether this device can. */

import { measure, suffices } from "./device.js";
import { lengthOf, stretches } from "./log.js";
import { copyOf, day, length, on, part, places, say, time, word } from "./page.js";
import { claim } from "./shelf.js";

const RECENT = 12 * 3600 * 1000; // an interview that was cut goes on the same day
const AGAIN = 5000; // milliseconds until a server that did not answer is asked again

export class Home {
  constructor(screen, recorder) {
    this.screen = screen;
    this.recorder = recorder;
    this.dialog = part(document, "erase");
    on(this.dialog, "keep", () => this.dialog.close());
    on(this.dialog, "erase", () => this.erase());
    this.offersInstall();
    addEventListener("online", () => this.refresh());
    addEventListener("offline", () => this.screen.hidden || this.lines("offline"));
  }

  /** Filled anew, if it is what one sees. */
  refresh() {
    return this.screen.hidden ? null : this.fill();
  }

  async fill() {
    const { shelf, vault } = this.recorder;
    this.able ??= await this.measure(vault);
    await shelf.load();
    this.lines(shelf.line);
    clearTimeout(this.again);
    if (shelf.line === "offline" && navigator.onLine) this.again = setTimeout(() => this.refresh(), AGAIN);
    if (this.able) await this.recordings().catch(() => {});
    this.mandates();
  }

  lines(line) {
    part(this.screen, "offline").hidden = line !== "offline";
    part(this.screen, "login").hidden = line !== "login";
  }

  async measure(vault) {
    const list = part(this.screen, "checks");
    const measures = await measure(vault, (late) => part(list, `check=${late.name}`).replaceWith(this.check(late)));
    list.replaceChildren(...measures.map((one) => this.check(one)));
    part(this.screen, "measuring").hidden = true;
    part(this.screen, "below").hidden = suffices(measures);
    return suffices(measures);
  }

  check({ name, state, value }) {
    const row = copyOf(`check-${state}`), said = [word(`check-${name}`)];
    said.push(value ? word(`unit-${name}`, { value }) : word(`state-${state}`));
    const line = row.querySelector("span");
    line.textContent = said.filter(Boolean).join(" · ");
    if (state === "warns" || state === "fails") line.append(document.createElement("br"), Object.assign(document.createElement("small"), { textContent: word(`advice-${name}`) }));
    row.dataset.check = name;
    return row;
  }

  async recordings() {
    const { vault } = this.recorder;
    const rows = [];
    for (const entry of await vault.recordings()) {
      const row = await vault.ask("open", { id: entry.id, key: entry.key }).catch(() => null);
      if (row && !row.bytes && !row.damaged) await vault.erase(entry.id);
      else if (row) rows.push(await this.found(entry, row));
    }
    part(this.screen, "found").replaceChildren(...rows);
  }

  async found(entry, row) {
    const { shelf, vault, outbox } = this.recorder, whose = claim(entry, { owner: shelf.owner, scope: places.scope });
    const mine = whose === "mine", sending = outbox.running.has(entry.id);
    const label = (mine && (await vault.labelOf(entry))) || { name: word("somebody"), number: "" };
    const card = copyOf("found-one"), parts = stretches(row.events, row.last);
    part(card, "title").textContent = word("found", { length: length(lengthOf(parts)) });
    part(card, "when").textContent = word("found-when", { name: label.name, day: day(entry.since), time: time(entry.since) });
    say(part(card, "note"), sending ? word("found-sending") : mine ? (row.damaged ? word("found-damaged") : "") : word(`found-${whose}`));
    part(card, "send").hidden = !mine;
    part(card, "continue").hidden = !mine || row.damaged || entry.state === "sending" || Date.now() - row.last > RECENT;
    part(card, "drop").hidden = !mine || sending;
    Object.assign(part(card, "elsewhere"), { hidden: whose !== "elsewhere", href: entry.space ?? "" });
    part(card, "send").addEventListener("click", () => this.recorder.outbox.send(entry, label));
    part(card, "continue").addEventListener("click", () => this.recorder.carryOn(entry, label));
    part(card, "drop").addEventListener("click", () => ((this.dropped = entry), this.dialog.showModal()));
    return card;
  }

  async erase() {
    await this.recorder.vault.erase(this.dropped.id);
    this.dialog.close();
    await this.recordings();
  }

  mandates() {
    const { mandates } = this.recorder.shelf, today = new Date().toLocaleDateString("sv-SE");
    part(this.screen, "mandates").hidden = false;
    const [now, later] = [mandates.filter((one) => one.dates.includes(today)), mandates.filter((one) => !one.dates.includes(today))];
    part(this.screen, "today").replaceChildren(...now.map((one) => this.person(one)));
    part(this.screen, "others").replaceChildren(...later.map((one) => this.person(one)));
    part(this.screen, "later").hidden = !later.length;
    say(part(this.screen, "none"), mandates.length ? (now.length ? "" : word("none-today")) : word("no-mandates"));
  }

  person(mandate) {
    const row = copyOf("person");
    part(row, "name").textContent = mandate.name;
    const dates = mandate.dates.map((date) => day(new Date(`${date}T12:00`).getTime()));
    part(row, "number").textContent = [mandate.number, ...dates].join(" · ");
    part(row, "act").append(mandate.waived ? refusal() : this.button(mandate));
    return row;
  }

  button(mandate) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button", textContent: word("record"), disabled: !this.able });
    button.setAttribute("aria-label", word("record-whom", { name: mandate.name }));
    button.addEventListener("click", () => this.recorder.choose(mandate));
    return button;
  }

  offersInstall() {
    const box = part(this.screen, "install");
    box.hidden = matchMedia("(display-mode: standalone)").matches;
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      part(box, "install-button").hidden = false;
      part(box, "install-hint").hidden = true;
      on(box, "install", () => event.prompt());
    });
  }
}

function refusal() {
  const text = copyOf("refusal");
  text.querySelector("span").textContent = word("waived");
  return text;
}
