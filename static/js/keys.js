// A key clicks the visible button or link that names it: data-key="m u" has two names, data-key="shift+z" one with a modifier.
// data-focus-key puts the cursor into a field. The help dialog is made from the same elements, so it cannot be wrong.
"use strict";
(() => {
  const FIELD = "input:not([type=checkbox], [type=radio], [type=file], [type=submit], [type=button]), textarea, select, [contenteditable]";
  const SAME_KEY = 150; // ms after a fresh card in which the key that brought it does nothing
  const root = document.documentElement;
  let armedAt = Infinity, lastName = "";

  // Keys act once the card has been painted: two frames after it came into the page.
  const arm = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    armedAt = performance.now();
    root.toggleAttribute("data-armed", true);
  }));
  const disarm = () => { armedAt = Infinity; root.toggleAttribute("data-armed", false); };
  const acts = (event) => event.detail?.ctx?.request?.method !== "GET"; // reading progress now and then disarms nothing

  addEventListener("pageshow", arm);
  document.addEventListener("card:shown", () => { disarm(); arm(); });
  document.addEventListener("htmx:before:request", (event) => { if (acts(event)) disarm(); });
  document.addEventListener("htmx:finally:request", (event) => { if (acts(event)) arm(); });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.method === "post") disarm(); // a plain post: this page is leaving
  });

  // Own keys for the card, by the key that Winnow gives an act: other tools' habits, one hand, or each by itself; kept in this browser.
  const PRESETS = {
    winnow: {}, rayyan: { m: "u" }, asreview: { i: "r", e: "i" }, laser: { i: "a", z: "ctrl+z", "shift+z": "ctrl+y" },
    hand: { i: "f", e: "d", m: "s", s: "a", f: "w", d: "q", n: "x", l: "v", v: "g" },
  };
  const own = () => JSON.parse(localStorage.getItem("own-keys") ?? "{}");
  const given = (element) => (element.dataset.key ?? element.dataset.focusKey).toLowerCase().split(" ");
  function relabel() {
    for (const element of document.querySelectorAll("[data-own-keys] :is([data-key], [data-focus-key])")) {
      const kbd = (element.labels?.[0] ?? element).querySelector("kbd");
      if (kbd) kbd.textContent = spoken(names(element)[0]);
    }
  }
  for (const name of ["pageshow", "card:shown", "htmx:after:swap"]) (name === "pageshow" ? window : document).addEventListener(name, relabel);

  const off = () => localStorage.getItem("single-keys") === "off";
  const seen = (element) => !element.disabled && element.checkVisibility({ visibilityProperty: true });
  const names = (element) => given(element).map((name) => (element.closest("[data-own-keys]") && own()[name]) || name);

  function nameOf(event) {
    const plain = !event.altKey && /^[\x21-\x7e]$/.test(event.key);
    let key = plain || event.key.length > 1 ? event.key : event.code.replace(/^(Key|Digit)/, ""); // other scripts: by place
    key = key.toLowerCase();
    const shift = event.shiftKey && (key.length > 1 || /[a-z]/.test(key)) ? "shift+" : "";
    return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.altKey !== off() ? "alt+" : "") + shift + key;
  }

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.key === "Dead" || event.defaultPrevented) return;
    const field = event.target.closest?.(FIELD);
    if (field && event.key === "Escape" && field.dataset.focusKey) field.blur();
    if (field || document.querySelector("dialog[open]")) return;
    const name = nameOf(event);
    const named = [...document.querySelectorAll("[data-key], [data-focus-key]")];
    const element = named.find((each) => names(each).includes(name) && seen(each));
    if (!element) return;
    event.preventDefault();
    const now = performance.now();
    if (armedAt > now || (name === lastName && now - armedAt < SAME_KEY)) return;
    lastName = name;
    if (element.dataset.focusKey || element.matches("summary")) element.focus(); // what unfolds is the next stop of Tab
    if (!element.dataset.focusKey) element.click();
  });

  // Help: what the page offers right now.
  function spoken(name) {
    return name.split("+").map((part) => part[0].toUpperCase() + part.slice(1)).join("+").replace("Arrow", "");
  }
  function words(element) {
    if (element.ariaLabel) return element.ariaLabel;
    const copy = (element.labels?.[0] ?? element).cloneNode(true);
    copy.querySelectorAll("kbd").forEach((each) => each.remove());
    return copy.textContent.trim();
  }
  function openHelp(dialog) {
    const rows = [...document.querySelectorAll("[data-key], [data-focus-key]")].filter(seen).map((element) => {
      const row = document.createElement("li"), key = document.createElement("span"), text = document.createElement("span");
      key.append(...names(element).flatMap((name, at) => {
        const kbd = document.createElement("kbd");
        kbd.textContent = spoken(name);
        return at ? [" ", kbd] : [kbd];
      }));
      text.textContent = words(element);
      row.append(key, text);
      if (element.closest("[data-own-keys]")) row.append(changer(dialog, element));
      return row;
    });
    dialog.querySelector("[data-keys]").replaceChildren(...rows);
    dialog.querySelector("[data-single-keys]").checked = !off();
    dialog.querySelector("[data-preset-field]").hidden = !document.querySelector("[data-own-keys]");
    const now = JSON.stringify(own()), preset = Object.keys(PRESETS).find((name) => JSON.stringify(PRESETS[name]) === now);
    dialog.querySelector("[data-presets]").value = preset ?? "own";
    if (!dialog.open) dialog.showModal();
  }
  const keep = (keys, dialog) => { localStorage.setItem("own-keys", JSON.stringify(keys)); relabel(); openHelp(dialog); };

  // One key by itself: press the button, then the key; one that acts on something else already is refused.
  function changer(dialog, element) {
    const button = document.createElement("button"), said = dialog.dataset;
    button.type = "button";
    button.className = "button small";
    button.textContent = said.change;
    button.ariaLabel = `${said.change}: ${words(element)}`;
    button.addEventListener("click", () => {
      button.textContent = said.pressKey;
      button.addEventListener("keydown", (event) => {
        if (["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        const name = nameOf(event).replace("alt+", "");
        const taken = [...document.querySelectorAll("[data-key], [data-focus-key]")].find((each) => each !== element && seen(each) && names(each).includes(name));
        if (event.key === "Escape" || taken) button.textContent = taken ? said.taken.replace("%s", words(taken)) : said.change;
        else keep({ ...own(), [given(element)[0]]: name }, dialog);
      });
    });
    return button;
  }

  document.addEventListener("click", (event) => {
    const dialog = document.getElementById("help");
    if (dialog && event.target.closest("[data-help]")) openHelp(dialog);
    if (event.target === dialog) dialog.close(); // beside it
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-presets]") && PRESETS[event.target.value]) keep(PRESETS[event.target.value], event.target.closest("dialog"));
    if (event.target.matches("[data-single-keys]")) localStorage.setItem("single-keys", event.target.checked ? "on" : "off");
  });
})();
