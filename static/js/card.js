// What happens around a part that was swapped in: focus goes to its heading, the outcome is said in #told, which stands in the
// page from the start, and on a narrow screen criteria and reasons are folded. Also the user menu and the strip of pages.
"use strict";
(() => {
  const HEAD = "h2[tabindex='-1']";
  const narrow = matchMedia("(max-width: 60rem)");
  const told = () => document.getElementById("told");
  let slow = 0;

  function say(text, failed = false) {
    const line = told();
    if (!line || text === undefined) return;
    line.classList.toggle("failed", failed);
    line.textContent = text;
  }
  function fold(within = document) {
    for (const sheet of within.querySelectorAll("details.sheet")) sheet.open = !narrow.matches;
  }

  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail.ctx.request.method === "GET") return;
    clearTimeout(slow);
    slow = setTimeout(() => say(told()?.dataset.saving), 300);
  });
  document.addEventListener("htmx:finally:request", () => clearTimeout(slow));
  document.addEventListener("htmx:before:swap", () => told()?.classList.remove("failed"));
  document.addEventListener("htmx:error", (event) => {
    clearTimeout(slow);
    if (event.detail.ctx?.request.method !== "GET") say(told()?.dataset.lost, true);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const was = event.detail.ctx.target;
    const part = was?.id && document.getElementById(was.id);
    const head = part?.querySelector(HEAD);
    if (!head) return;
    fold(part);
    head.focus({ preventScroll: true });
    if (part.getBoundingClientRect().top < 0) part.scrollIntoView({ block: "start" });
  });

  // A reason must be named here: the list opens, a digit or a click finishes. The server asks the same without this script.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href='#sheet']");
    const needs = event.target.closest("[data-needs-reason]");
    const sheet = (link || needs) && document.querySelector("details.sheet");
    if (sheet) {
      event.preventDefault();
      sheet.open = true;
      sheet.querySelector(".reason-list")?.classList.toggle("chosen-needed", Boolean(needs));
      sheet.querySelector(".reason:enabled")?.focus();
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  fold();
  narrow.addEventListener("change", () => fold());
  const here = document.querySelector(".review-nav [aria-current]");
  if (here) here.closest(".review-nav").scrollLeft = here.offsetLeft - innerWidth / 2 + here.offsetWidth / 2;
})();
