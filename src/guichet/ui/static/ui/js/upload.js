/* Files by choosing, dropping or pasting, with progress. The plain form does the same by a reload. */
import { announce, word } from "./words.js";

const POLL = 1500;
const PATIENCE = 40; // questions

export function start(root) {
  for (const form of root.querySelectorAll("form[data-upload-url], [data-upload-url] form")) if (!form.upload) form.upload = new Upload(form);
  for (const list of [root, ...root.querySelectorAll("[data-list-url]")]) if (list.dataset?.listUrl) watch(list);
}

class Upload {
  constructor(form) {
    this.form = form;
    this.inputs = [...form.querySelectorAll("input[type=file]")]; // several: one of them may open the camera
    form.querySelector("button:not([type=button])")?.classList.add("sr-only");
    form.addEventListener("submit", (event) => (event.preventDefault(), this.send(this.chosen())));
    for (const input of this.inputs) input.addEventListener("change", () => this.send(this.chosen()));
    for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => this.over(event, true));
    for (const name of ["dragleave", "drop"]) form.addEventListener(name, (event) => this.over(event, false));
    form.addEventListener("drop", (event) => this.send([...event.dataTransfer.files]));
    addEventListener("paste", (event) => form.isConnected && event.clipboardData?.files.length && this.send([...event.clipboardData.files]));
    if (this.chosen().length) this.send(this.chosen()); // while the scripts were on their way
  }

  chosen() {
    return this.inputs.flatMap((input) => [...input.files]);
  }

  over(event, inside) {
    event.preventDefault();
    this.form.toggleAttribute("data-over", inside);
  }

  /** One after the other: each has its own answer, and a large one holds up nothing that is already there. */
  async send(files) {
    let form = this.form;
    const told = [];
    for (const file of files) {
      const refusal = this.refusal(file);
      const box = refusal ? null : await this.post(form, file);
      if (box) form = box.querySelector("form[data-upload-url], [data-upload-url] form") ?? form;
      told.push(refusal ?? (box ? "" : word("uploadFailed", { name: file.name })));
    }
    for (const input of this.inputs) input.value = "";
    for (const text of told.filter(Boolean)) complain(form, text);
  }

  refusal(file) {
    const { maxBytes, types } = (this.form.dataset.uploadUrl ? this.form : this.form.closest("[data-upload-url]")).dataset;
    if (types && file.type && !types.split(" ").includes(file.type)) return word("uploadType", { name: file.name });
    if (maxBytes && file.size > Number(maxBytes)) return word("uploadSize", { name: file.name, limit: Math.floor(maxBytes / 1e6) });
    return null;
  }

  post(form, file) {
    const data = new FormData(form);
    data.delete(this.inputs[0].name);
    data.append(this.inputs[0].name, file);
    const [bar, line] = progress(form, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", (form.dataset.uploadUrl ? form : form.closest("[data-upload-url]")).dataset.uploadUrl);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.loaded / event.total;
      line.firstChild.textContent = word("uploadProgress", { name: file.name, percent: Math.round(bar.value * 100) });
    });
    return new Promise((done) => {
      request.addEventListener("loadend", () => {
        line.remove();
        const box = exchange(form.closest("[data-attachments]"), request.responseText);
        if (box && request.status < 300) announce(word("uploadDone", { name: file.name }));
        done(box);
      });
      request.send(data);
    });
  }
}

function progress(form, name) {
  const line = Object.assign(document.createElement("p"), { textContent: name });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  bar.setAttribute("aria-label", name);
  line.append(bar);
  form.append(line);
  return [bar, line];
}

function complain(form, text) {
  const line = Object.assign(document.createElement("p"), { className: "error", textContent: text });
  line.setAttribute("role", "alert");
  form.append(line);
}

/** Put the server's new list in the place of the old one. Null if the answer is not such a list. */
function exchange(old, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-attachments]");
  if (!old || !fresh) return null;
  old.replaceWith(fresh);
  import("./app.js").then((app) => app.start(fresh));
  return fresh;
}

/** While a document is being read, ask for the list again. */
async function watch(list) {
  if (list.watched) return;
  list.watched = true;
  for (let asked = 0; asked < PATIENCE && list.isConnected && list.querySelector("[data-reading]"); asked += 1) {
    await new Promise((done) => setTimeout(done, POLL));
    if (!list.isConnected || list.contains(document.activeElement)) continue;
    const response = await fetch(list.dataset.listUrl, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (response?.ok && list.isConnected) return exchange(list, await response.text());
  }
}
