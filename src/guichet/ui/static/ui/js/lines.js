/* Lines of an invoice: add, duplicate, remove, renumber, live sum. Without it the same buttons ask the server. */
import { fromRappen, format, parse, toRappen } from "./formats.js";
import { announce, word } from "./words.js";

const NUMBERED = ["name", "id", "for", "aria-describedby", "value", "list"];

export function start(root) {
  for (const box of root.querySelectorAll("[data-lines]")) if (!box.lines) box.lines = new Lines(box);
}

class Lines {
  constructor(box) {
    this.box = box;
    this.prefix = box.dataset.prefix;
    this.scope = box.closest("fieldset, section") ?? box.parentElement;
    this.holder = box.tBodies?.[0] ?? box;
    this.scope.addEventListener("click", (event) => this.clicked(event));
    box.addEventListener("input", () => this.sum());
    box.addEventListener("keydown", (event) => this.typed(event));
    box.addEventListener("paste", (event) => this.pasted(event));
    this.sum();
  }

  get rows() {
    return [...this.holder.children].filter((row) => row.localName !== "template");
  }

  clicked(event) {
    const button = event.target.closest("[data-add], [data-duplicate], [data-remove]");
    if (!button || (button.dataset.add && button.dataset.add !== this.prefix)) return;
    const row = this.rows.find((one) => one.contains(button));
    if (!row && !("add" in button.dataset)) return;
    event.preventDefault();
    if ("add" in button.dataset) this.put(this.blank(), this.rows.at(-1));
    else if ("duplicate" in button.dataset) this.put(copy(row), row);
    else this.remove(row);
  }

  /** Enter goes down, at the last line it adds one; it never sends the invoice by accident. */
  typed(event) {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) return this.move(event);
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches("input")) return;
    event.preventDefault();
    const rows = this.rows;
    const row = rows.findIndex((one) => one.contains(event.target));
    const column = controls(rows[row]).indexOf(event.target);
    if (row === rows.length - 1) this.put(this.blank(), rows[row]);
    controls(this.rows[row + 1])[column]?.focus();
  }

  /** Alt and an arrow move the line itself; the cursor stays in its field. */
  move(event) {
    const rows = this.rows;
    const at = rows.findIndex((one) => one.contains(event.target));
    const other = rows[at + (event.key === "ArrowUp" ? -1 : 1)];
    event.preventDefault();
    if (at < 0 || !other) return;
    event.key === "ArrowUp" ? other.before(rows[at]) : other.after(rows[at]);
    this.changed();
    event.target.focus();
  }

  /** Several cells of a spreadsheet lead to the page that asks what each column is; one cell is pasted as ever. */
  pasted(event) {
    const button = this.scope.querySelector("[data-paste-url]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!button || !/\t|\n./.test(text.trimEnd()) || event.target.localName === "textarea") return;
    event.preventDefault();
    const form = Object.assign(document.createElement("form"), { method: "post", action: button.dataset.pasteUrl, hidden: true });
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    form.append(Object.assign(document.createElement("textarea"), { name: "text", value: text }), token.cloneNode(true));
    document.body.append(form);
    form.submit();
  }

  blank() {
    const pattern = this.scope.querySelector("template[data-blank]");
    if (pattern) return pattern.content.querySelector("[data-line], tr").cloneNode(true);
    const row = copy(this.rows.at(-1));
    for (const control of controls(row)) control.type === "checkbox" ? (control.checked = false) : (control.value = "");
    for (const cell of row.querySelectorAll("[data-sum]")) cell.textContent = "";
    return row;
  }

  put(row, after) {
    for (const error of row.querySelectorAll(".error, .note, .previous")) error.remove();
    for (const control of row.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    after ? after.after(row) : this.holder.prepend(row);
    this.changed();
    controls(row)[0]?.focus();
    announce(word("lineAdded", { number: this.rows.indexOf(row) + 1 }));
  }

  remove(row) {
    const at = this.rows.indexOf(row);
    if (this.rows.length === 1) this.holder.append(this.blank());
    row.remove();
    this.changed();
    controls(this.rows[Math.min(at, this.rows.length - 1)])[0]?.focus();
    announce(word("lineRemoved"));
  }

  changed() {
    this.rows.forEach((row, index) => number(row, this.prefix, index));
    this.sum();
    this.holder.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** « quantity*price » or « amount » per line, in whole rappen. A line that cannot be read counts nothing. */
  sum() {
    const total = this.box.querySelector("[data-total]");
    if (!total) return;
    let rappen = 0;
    for (const row of this.rows) {
      const line = product(row, total.dataset.total.split("*"));
      const cell = row.querySelector("[data-sum]");
      if (cell) cell.textContent = line === null ? "" : format("amount", fromRappen(line));
      rappen += line ?? 0;
    }
    total.textContent = format("amount", fromRappen(rappen));
  }
}

function product(row, factors) {
  try {
    let [value, scale] = [1, 1];
    for (const factor of factors) {
      const typed = controls(row).find((control) => control.name.endsWith(`-${factor}`))?.value ?? "";
      value *= toRappen(parse("amount", typed)); // hundredths of whatever it is
      scale *= 100;
    }
    return Math.round((value * 100) / scale);
  } catch {
    return null;
  }
}

function copy(row) {
  const twin = row.cloneNode(true);
  const old = controls(row);
  controls(twin).forEach((control, index) => {
    control.value = old[index].value;
    if ("checked" in control) control.checked = old[index].checked;
  });
  return twin;
}

function controls(row) {
  return row ? [...row.querySelectorAll("input, select, textarea")].filter((control) => control.type !== "hidden") : [];
}

/** lines-3-date, id_lines-3-date, remove-lines-3 … → the line's own number. */
function number(row, prefix, index) {
  const place = new RegExp(`(?<![a-z])(${prefix})-(?:\\d+|__index__)(?=-|$|\\s|_)`, "g");
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const name of NUMBERED) {
      if (name === "value" && element.localName !== "button") continue;
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(place, `$1-${index}`));
    }
  }
  for (const label of row.querySelectorAll("[data-number], .lines__no")) label.textContent = index + 1;
}
