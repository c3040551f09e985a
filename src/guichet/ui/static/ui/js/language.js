/* Changes the language of the page without losing what was typed: fetches the page anew and carries the values over. */

export function start(root) {
  for (const form of root.querySelectorAll("form[data-language]")) {
    if (form.ready) continue;
    form.ready = true;
    form.addEventListener("submit", (event) => {
      if (![...document.forms].some(isChanged)) return;
      event.preventDefault();
      change(form, event.submitter).catch(() => form.submit());
    });
  }
}

const named = (page) => [...page.querySelectorAll("main input[name], main select[name], main textarea[name]")];
const isTyped = (control) => !["hidden", "file", "submit", "button"].includes(control.type);

function isChanged(form) {
  return [...form.elements].some((control) =>
    isTyped(control) && control.name &&
    (control.type === "checkbox" || control.type === "radio" ? control.checked !== control.defaultChecked
      : control.localName === "select" ? [...control.options].some((option) => option.selected !== option.defaultSelected)
      : "defaultValue" in control && control.value !== control.defaultValue));
}

async function change(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
  const response = await fetch(location.href);
  if (!response.ok) throw new Error("the page did not come");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (named(page).length !== named(document).length) return location.reload();
  const kept = named(document).map((control) => [control.value, control.checked]);
  named(page).forEach((control, index) => {
    if (!isTyped(control)) return;
    if (control.type !== "checkbox" && control.type !== "radio") control.value = kept[index][0];
    control.checked = kept[index][1];
  });
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  (await import("./app.js")).start();
  document.querySelector("form[data-language] [aria-current]")?.focus();
}
