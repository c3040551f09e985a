/* The words scripts say, written by the server in the page's language (ui/words.html), and how they are announced. */

export function word(name, values = {}) {
  const text = document.getElementById("words")?.dataset[`w${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

let region;

/** Say something to those who hear the page. */
export function announce(text) {
  if (!region?.isConnected) {
    region = document.createElement("div");
    region.className = "sr-only";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = text;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** A notice at the top of the content, once per `id`. `link`: {url, text}. */
export function notice(id, tone, text, link) {
  document.getElementById(id)?.remove();
  const box = document.createElement("div");
  box.id = id;
  box.className = `notice notice--${tone}`;
  box.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.className = "notice__body";
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  body.append(paragraph);
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link.url, textContent: link.text });
    if (link.newTab) anchor.target = "_blank";
    const line = document.createElement("p");
    line.append(anchor);
    body.append(line);
  }
  box.append(icon(tone === "info" ? "info-circle" : "exclamation-triangle"), body);
  const title = document.querySelector("main .title, main h1");
  title ? title.after(box) : document.getElementById("main").prepend(box);
  return box;
}

export function expired() {
  notice("expired", "attention", word("expired"), { url: location.href, text: word("expiredLink"), newTab: true });
}
