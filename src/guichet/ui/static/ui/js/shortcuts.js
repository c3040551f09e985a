/* N new, / search, Ctrl+Enter submit, Alt+S save, ? list, and whatever a page names by data-key. Single keys only outside fields; can be switched off (WCAG 2.1.4). */
import { word } from "./words.js";

const OFF = "guichet-shortcuts=off";
let started = false;

export function start() {
  if (started) return;
  started = true;
  document.addEventListener("keydown", pressed);
}

const first = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility?.() ?? true);
const isField = (element) => element.matches?.("input, select, textarea, [contenteditable]");
const areOff = () => document.cookie.split("; ").includes(OFF);

function pressed(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]") || areOff() && event.key !== "?") return;
  const act = event.ctrlKey || event.metaKey || event.altKey ? chord(event) : isField(event.target) ? null : single(event);
  if (!act) return;
  event.preventDefault();
  act();
}

function chord(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const button = first("[data-submit]") ?? event.target.form?.querySelector(".button--primary");
    return button && (() => button.click());
  }
  const save = event.altKey && event.code === "KeyS" && first("[data-save]");
  return save && (() => save.click());
}

function single(event) {
  if (event.key === "?") return list;
  if (event.key === "/") return focus(first("[data-search], input[type=search]"));
  if (event.key === "n") return create();
  if (event.key === "j" || event.key === "k") return row(event.key === "j" ? 1 : -1);
  const target = /^[a-z]$/.test(event.key) && first(`[data-key="${event.key}"]`);
  return target && (() => (isField(target) ? target.focus() : target.click()));
}

const focus = (target) => target && (() => (target.focus(), target.select?.()));

function create() {
  const links = document.querySelectorAll("[data-new]");
  if (links.length === 1) return () => links[0].click();
  const menu = links[0]?.closest("details");
  return menu && (() => ((menu.open = true), links[0].focus()));
}

/** Down and up the rows of a list; Enter opens, because the focus is on the row's link. */
function row(step) {
  const links = [...document.querySelectorAll("main .table tbody th a, main .table tbody td:first-child a")];
  const target = links[links.indexOf(document.activeElement) + step];
  return target && (() => target.focus());
}

function list() {
  const dialog = document.createElement("dialog");
  const title = Object.assign(document.createElement("h2"), { id: "shortcuts-title", textContent: word("shortcutsTitle") });
  const keys = document.createElement("dl");
  keys.className = "shortcuts";
  const known = [["N", "shortcutNew"], ["/", "shortcutSearch"], ["Ctrl + Enter", "shortcutSubmit"], ["Alt + S", "shortcutSave"], ["?", "shortcutList"]];
  for (const [key, name] of known) keys.append(entry("dt", key), entry("dd", word(name)));
  for (const one of document.querySelectorAll("[data-key]")) keys.append(entry("dt", one.dataset.key.toUpperCase()), entry("dd", one.dataset.keyLabel ?? one.textContent.trim()));
  const acts = Object.assign(document.createElement("div"), { className: "actions" });
  const close = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: word("close"), autofocus: true });
  const off = Object.assign(document.createElement("button"), { className: "button button--quiet", type: "button", textContent: word(areOff() ? "shortcutsOn" : "shortcutsOff") });
  close.addEventListener("click", () => dialog.close());
  off.addEventListener("click", () => {
    document.cookie = `${OFF}; path=/; samesite=lax; max-age=${areOff() ? 0 : 31536000}`;
    dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.setAttribute("aria-labelledby", title.id);
  acts.append(close, off);
  dialog.append(title, keys, acts);
  document.body.append(dialog);
  dialog.showModal();
}

function entry(name, text) {
  const element = document.createElement(name);
  if (name === "dt") element.append(Object.assign(document.createElement("kbd"), { textContent: text }));
  else element.textContent = text;
  return element;
}
