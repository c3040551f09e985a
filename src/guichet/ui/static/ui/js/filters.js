/* A filter takes effect when it is chosen; text waits for Enter or the button. */

export function start(root) {
  for (const form of root.querySelectorAll("form[data-filters]")) {
    if (form.filtering) continue;
    form.filtering = true;
    form.addEventListener("change", (event) => event.target.matches("select, [type=checkbox], [type=radio]") && form.requestSubmit());
    form.addEventListener("submit", () => dropEmpty(form));
  }
}

/** An address without empty parameters is one people can read and share. */
function dropEmpty(form) {
  const empty = [...form.elements].filter((control) => control.name && !control.value && !control.disabled);
  for (const control of empty) control.disabled = true;
  setTimeout(() => empty.forEach((control) => (control.disabled = false)));
}
