/* The invoice form: what the server knows after each silent saving beside the form, and questions that depend on another answer. */

const form = document.querySelector("form[data-entry]");

if (form) {
  form.addEventListener("guichet:saved", (event) => show(event.detail));
  form.addEventListener("input", depend);
  depend();
}

function show(answer) {
  text("[data-total-all]", answer.total || "—");
  list("[data-missing]", answer.missing ?? [], (words) => [icon("circle"), ` ${words}`]);
  list("[data-computed]", answer.computed_lines ?? [], (line) => [span(line.label), " ", span(line.how, "quiet"), " ", amount(line.amount)]);
  fragment("[data-ledger]", answer.ledger ?? "");
  fragment("[data-repeated]", answer.repeated ?? "");
  const decisions = document.querySelector("[data-decisions]");
  decisions?.replaceChildren(...(answer.decisions ?? []).map((one) => Object.assign(document.createElement("option"), { value: one.number, textContent: one.description })));
}

function text(selector, words) {
  const place = document.querySelector(selector);
  if (place && place.textContent !== words) place.textContent = words;
}

/** A part of the page as the server wrote it; the same words are left alone. */
function fragment(selector, html) {
  const place = document.querySelector(selector);
  if (!place || place.dataset.shown === html) return;
  place.dataset.shown = html;
  const template = document.createElement("template");
  template.innerHTML = html;
  place.replaceChildren(template.content);
}

function list(selector, rows, parts) {
  const place = document.querySelector(selector);
  if (!place) return;
  const lines = rows.map((row) => {
    const line = document.createElement("li");
    line.append(...parts(row));
    return line;
  });
  if (!lines.length && place.dataset.done) {
    const line = document.createElement("li");
    line.append(icon("check-circle"), ` ${place.dataset.done}`);
    lines.push(line);
  }
  place.replaceChildren(...lines);
}

/** A drawing of the page's own sprite: the same element the server would have written. */
function icon(name) {
  const known = document.querySelector(`template[data-icon="${name}"]`);
  return known ? known.content.cloneNode(true) : "";
}

function span(words, className = "") {
  return Object.assign(document.createElement("span"), { textContent: words, className });
}

function amount(words) {
  return Object.assign(document.createElement("b"), { textContent: words, className: "num" });
}

/** Questions that apply only with certain answers are hidden otherwise; what was typed there stays. */
function depend() {
  for (const control of form.querySelectorAll("[data-shown-if]")) {
    const prefix = control.name.replace(/[a-z_]+$/, "");
    const other = form.elements[prefix + control.dataset.shownIf];
    const field = control.closest(".field");
    if (other && field) field.hidden = !control.dataset.shownFor.split(" ").includes(other.value);
  }
}
