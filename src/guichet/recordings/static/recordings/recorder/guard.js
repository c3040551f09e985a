/* Where the recorder's own script cannot be read or stops before it is ready, the page says the other way (REC-09).
   In the JavaScript of old browsers on purpose, and no module: it is for those that have none. */
(function () {
  var root = document.documentElement;

  function below() {
    var home = document.querySelector("[data-screen=home]");
    if (root.getAttribute("data-recorder") || !home) return;
    home.hidden = false;
    home.querySelector("[data-measuring]").hidden = true;
    home.querySelector("[data-below]").hidden = false;
  }

  addEventListener("error", function (event) {
    if (event.target === window || event.target.tagName === "SCRIPT") below();
  }, true);
  addEventListener("unhandledrejection", below);
  if (!("noModule" in document.createElement("script"))) addEventListener("DOMContentLoaded", below);
})();
