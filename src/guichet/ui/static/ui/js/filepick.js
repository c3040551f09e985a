/* Says which file was chosen, beside the button that chooses it: the browser's own words are not in the page's language. */

export function start(root) {
  for (const said of root.querySelectorAll(".filepick__name")) {
    const input = document.getElementById(said.getAttribute("for"));
    if (!input || said.nothing) continue;
    said.nothing = said.textContent;
    input.addEventListener("change", () => say(said, input.files));
    if (input.files.length) say(said, input.files); // a browser that goes back keeps them
  }
}

function say(said, files) {
  said.textContent = files.length > 1 ? said.dataset.several.replace("{n}", files.length) : (files[0]?.name ?? said.nothing);
}
