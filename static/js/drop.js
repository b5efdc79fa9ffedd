// Files dropped anywhere on the page go into the form's plain file field; what was chosen is listed and can be taken out again.
"use strict";
(() => {
  const zone = document.querySelector("[data-drop]");
  const field = zone?.querySelector("input[type=file]");
  if (!field) return;
  const list = zone.querySelector("[data-chosen]");
  const size = (bytes) => {
    const [number, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(number);
  };

  function put(files) {
    const held = new DataTransfer();
    for (const file of files) held.items.add(file);
    field.files = held.files;
    show();
  }
  function show() {
    list?.replaceChildren(...[...field.files].map((file, at) => {
      const row = document.createElement("li");
      const name = document.createElement("span"), bytes = document.createElement("span"), out = document.createElement("button");
      name.className = "name";
      name.textContent = file.name;
      bytes.className = "quiet";
      bytes.textContent = size(file.size);
      out.type = "button";
      out.className = "button small";
      out.textContent = list.dataset.remove ?? "Remove";
      out.ariaLabel = `${out.textContent}: ${file.name}`;
      out.addEventListener("click", () => {
        put([...field.files].filter((_, other) => other !== at));
        field.focus();
      });
      row.append(name, bytes, out);
      return row;
    }));
  }

  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    put([...field.files, ...event.dataTransfer.files]);
  });
  field.addEventListener("change", show);
  show();
})();
