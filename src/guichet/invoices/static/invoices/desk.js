/* The desk: X chooses the row under the keyboard, everything at once; documents larger and smaller; what is accepted, added up. */

const STEPS = [50, 75, 100, 150, 200, 300];

function queue(form) {
  const boxes = [...form.querySelectorAll("input[name=facture]")];
  const all = form.querySelector("[data-choose-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const wanted = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = wanted;
    });
  }
  form.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, select, textarea")) return;
    const box = event.target.closest("tr")?.querySelector("input[name=facture]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
  });
}

function zoom(viewer) {
  const bar = viewer.querySelector("[data-zoom]");
  if (!bar) return;
  bar.hidden = false;
  let now = STEPS.indexOf(100);
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom-by]");
    if (!button) return;
    now = Math.min(STEPS.length - 1, Math.max(0, now + Number(button.dataset.zoomBy)));
    viewer.style.setProperty("--zoom", `${STEPS[now]}%`);
    bar.querySelector("output").textContent = `${STEPS[now]} %`;
  });
}

const rappen = (text) => {
  const cleaned = text.replace(/['’\s]/g, "").replace(",", ".");
  return /^-?\d+(\.\d{1,2})?$/.test(cleaned) ? Math.round(Number(cleaned) * 100) : NaN;
};
const shown = (amount) => (amount / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, "'");

function lines(section) {
  const total = section.querySelector("[data-accepted-total]");
  const inputs = [...section.querySelectorAll("input[data-asked]")];
  if (!total || !inputs.length) return;
  const fixed = [...section.querySelectorAll("tbody tr:not(.why)")]
    .filter((row) => !row.querySelector("input[data-asked]"))
    .reduce((sum, row) => sum + rappen(row.querySelector("td.num").textContent), 0);
  const add = () => {
    let sum = fixed;
    for (const input of inputs) {
      const amount = rappen(input.value || input.dataset.asked);
      const why = section.querySelector(`[data-why="${CSS.escape(input.name.slice("accepted:".length))}"] details`);
      if (why && amount < rappen(input.dataset.asked)) why.open = true;
      sum += amount;
    }
    total.textContent = Number.isNaN(sum) ? "" : `CHF ${shown(sum)}`;
  };
  section.addEventListener("input", add);
  add();
}

for (const form of document.querySelectorAll("[data-queue]")) queue(form);
for (const viewer of document.querySelectorAll("[data-viewer]")) zoom(viewer);
for (const section of document.querySelectorAll("#lines")) lines(section);
