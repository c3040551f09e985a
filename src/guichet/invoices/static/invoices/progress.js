// A page that shows how far something is comes back to itself; without scripts there is a link.
const progress = document.querySelector("[data-reload]");
if (progress) setTimeout(() => location.reload(), 1000 * Number(progress.dataset.reload));
