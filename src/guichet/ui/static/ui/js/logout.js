/* Logging out: what a page keeps in the browser for as long as somebody is logged in goes with the login.
   It lies in one database of this name; what must outlast a login (an interview that is not sent yet) lies elsewhere. */

const OF_THE_LOGIN = "guichet-login";
const PATIENCE = 1000; // milliseconds; nobody is kept from leaving

export function start(root) {
  for (const form of root.querySelectorAll("form[action$='/deconnexion/']")) form.addEventListener("submit", (event) => leave(event, form));
}

async function leave(event, form) {
  event.preventDefault();
  await Promise.race([forgotten(), new Promise((done) => setTimeout(done, PATIENCE))]);
  form.submit();
}

function forgotten() {
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase(OF_THE_LOGIN);
    for (const name of ["success", "error"]) request.addEventListener(name, done);
  }).catch(() => {});
}
