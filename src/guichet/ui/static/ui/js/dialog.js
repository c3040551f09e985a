/* data-confirm="id": asks in <dialog id> before the act. The dialog's own button may name a form; otherwise it presses the one that asked.
   A button that does nothing without this script (type="button") is written `disabled` and can be used once it listens. */

export function start(root) {
  for (const opener of root.querySelectorAll("[data-confirm]")) {
    const dialog = document.getElementById(opener.dataset.confirm);
    if (!dialog || opener.asking) continue;
    opener.asking = true;
    if (opener.type === "button") opener.disabled = false;
    opener.addEventListener("click", (event) => ask(event, opener, dialog));
    if (!dialog.ready) prepare(dialog);
  }
}

function ask(event, opener, dialog) {
  if (dialog.granted === opener) return (dialog.granted = null);
  event.preventDefault();
  dialog.opener = opener;
  dialog.showModal();
}

function prepare(dialog) {
  dialog.ready = true;
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    const act = event.target.closest("[data-act]");
    if (!act || act.form) return;
    dialog.close();
    dialog.granted = dialog.opener;
    dialog.opener.click();
  });
}
