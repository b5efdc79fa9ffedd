// Copies the value of the field that data-copy names, and says so.
"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const field = button && document.querySelector(button.dataset.copy);
  if (!field) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // plain http, older browsers
  }
  const told = document.getElementById("told");
  told.textContent = told.dataset.copied ?? "";
});
