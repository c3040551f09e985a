/* Entry of every page: loads the behaviours this page asks for by its data attributes. The page works without any of them. */

const behaviours = [
  ["details[data-menu]", "menu"],
  ["[data-errorsummary]", "summary"],
  ["[data-once]", "once"],
  ["[data-autosave-url]", "autosave"],
  ["[data-lines]", "lines"],
  ["[data-countdown], [data-show-after]", "countdown"],
  ["[data-session]", "session"],
  ["[data-upload-url], [data-list-url]", "upload"],
  [".filepick__name", "filepick"],
  ["[data-check]", "blurcheck"],
  ["[data-confirm]", "dialog"],
  ["[data-filters]", "filters"],
  ["[data-split]", "divider"],
  ["[data-autocode], .w-code", "autocode"],
  ["[data-language]", "language"],
  ["form[action$='/deconnexion/']", "logout"],
  ["body", "shortcuts"],
];

/** Start what `root` needs; called again for a part of the page that was exchanged. */
export async function start(root = document) {
  const found = behaviours.filter(([selector]) => root.querySelector(selector) || root.matches?.(selector));
  await Promise.all(found.map(async ([, name]) => (await import(`./${name}.js`)).start(root)));
  document.documentElement.dataset.ready = "true";
}

start();
