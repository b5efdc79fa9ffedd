// Highlights off and on, remembered in this browser; and the labels' panel, which opens with the cursor in it. Without this script
// highlights are on and their button is not there.
"use strict";
(() => {
  const root = document.documentElement;
  const on = () => localStorage.getItem("highlights") !== "off";
  function show() {
    root.dataset.highlights = on() ? "on" : "off";
    for (const button of document.querySelectorAll("[data-highlights][aria-pressed]")) {
      if (button.ariaPressed !== String(on())) button.ariaPressed = String(on());
    }
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("button[data-highlights]")) return;
    localStorage.setItem("highlights", on() ? "off" : "on");
    show();
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details[data-labels][open]")) event.target.querySelector("button, input:not([type=hidden])").focus();
  }, true);
  new MutationObserver(show).observe(document.getElementById("main"), { childList: true, subtree: true }); // cards come and go
  show();
})();
