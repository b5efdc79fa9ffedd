// Screening without waiting: the next cards lie in the page, so that a press shows the next one at once, whatever the line. The
// decision waits in the browser (its numbers, verdict and key only, never a title) until the site has said that it is stored.
"use strict";
(() => {
  const MOST = 24, FETCH = 25000; // cards kept; milliseconds in which one answer must come
  const store = document.getElementById("ahead");
  if (!store || !window.htmx) return;
  const place = location.pathname, whose = document.body.dataset.member;
  const KEY = `winnow-waiting ${whose} ${place}`;
  const told = document.getElementById("told");
  const cards = []; // [{work, html}] in the order in which they come
  const decided = new Set(); // works decided on here: an answer that was on its way meanwhile may still bring them
  let before = []; // cards that were decided on and whose decision waits: {id, node}
  let head = store.querySelector("template[data-head]");
  let sending = false, pause = 0, timer = 0, done = false, leaving = false;

  const waiting = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
  const keep = (items) => (items.length ? localStorage.setItem(KEY, JSON.stringify(items)) : localStorage.removeItem(KEY));
  const words = (name) => told.dataset[name] ?? "";
  function say(text, failed = false) {
    told.classList.toggle("failed", failed);
    if (told.textContent !== text) told.textContent = text;
  }
  const sayWaiting = (n) => say(words(n === 1 ? "waitingOne" : "waiting").replace("%s", n), true);

  // --- cards that come next ---------------------------------------------------------------------------------------
  function take(part) {
    head = part.querySelector("template[data-head]") ?? head;
    const gone = (part.dataset.gone ?? "").split(",").filter(Boolean);
    for (let n = cards.length - 1; n >= 0; n--) if (gone.includes(cards[n].work)) cards.splice(n, 1);
    for (const each of part.querySelectorAll("template[data-card]")) {
      const work = each.dataset.card;
      if (work !== shown() && !decided.has(work) && !cards.some((card) => card.work === work) && !waiting().some((item) => item.work === work)) {
        cards.push({ work, node: each.content.firstElementChild });
      }
    }
  }
  const shown = () => document.getElementById("card")?.dataset.work;
  const had = () => [shown(), ...cards.map((card) => card.work), ...waiting().map((item) => item.work)].filter(Boolean).join(",");

  async function ask(url, options = {}) {
    const limit = AbortSignal.timeout(FETCH);
    const answer = await fetch(url, { credentials: "same-origin", signal: limit, ...options });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), part = page.getElementById("ahead");
    return { answer, page, part, ours: answer.headers.get("x-saved") === "yes" && part };
  }
  async function more() {
    if (done || cards.length >= MOST / 2) return;
    try {
      const { ours, part } = await ask(`${place}ahead/?had=${had()}`, { headers: { "hx-request": "true" } });
      if (!ours) return;
      const count = cards.length;
      take(part);
      done = cards.length === count;
    } catch { /* the line is away; the next answer brings more */ }
  }

  // --- showing ----------------------------------------------------------------------------------------------------
  function show(node) {
    const old = document.getElementById("card");
    if (head) node.querySelector(".screen-head")?.replaceWith(head.content.firstElementChild.cloneNode(true));
    old.replaceWith(node);
    htmx.process(node);
    document.dispatchEvent(new CustomEvent("card:shown", { detail: { card: node } }));
    node.querySelector("h2[tabindex='-1']")?.focus({ preventScroll: true });
    if (node.getBoundingClientRect().top < 0) node.scrollIntoView({ block: "start" });
    return old;
  }

  // --- deciding ---------------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (form.closest("#card") && ["verdict", "reason"].includes(button?.name) && form.elements.key) decide(event, form, button);
    else if (form.action.endsWith("/undo/") && form.closest("#card") && waiting().length) undo(event);
  }, true);

  function decide(event, form, button) {
    if (!cards.length && !waiting().length) return; // nothing to show: the answer brings what comes next
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!cards.length) { // the site would name a work that was decided on here and does not know it yet: that goes first
      const again = () => (waiting().length && !cards.length ? setTimeout(again, 50) : button.isConnected && button.click());
      return void again();
    }
    const data = new FormData(form, button), item = Object.fromEntries(
      ["work", "revision", "key", "verdict", "reason"].filter((name) => data.has(name)).map((name) => [name, data.get(name)]));
    keep([...waiting(), item]);
    decided.add(item.work);
    before.push({ key: item.key, node: show(cards.shift().node) });
    before = before.slice(-MOST);
    say(words("saving"));
    send();
  }

  function undo(event) {
    const items = waiting(), last = items.at(-1), was = before.findLast((each) => each.key === last.key);
    if (!was) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (sending && items.length === 1) { // it is on its way: wait until it is stored, then ask the site
      const again = () => (waiting().length ? setTimeout(again, 50) : document.querySelector("#card form[action$='/undo/'] button")?.click());
      return void again();
    }
    keep(items.slice(0, -1));
    decided.delete(last.work);
    before = before.filter((each) => each !== was);
    const now = show(was.node);
    if (now.dataset.work) cards.unshift({ work: now.dataset.work, node: now });
    items.length > 1 ? sayWaiting(items.length - 1) : say(words("back"));
  }

  // --- sending ----------------------------------------------------------------------------------------------------
  async function send() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    try {
      for (let item; (item = waiting()[0]); ) {
        const body = new URLSearchParams({ ...item, ahead: had() });
        const headers = { "x-csrftoken": JSON.parse(document.body.getAttribute("hx-headers:inherited"))["x-csrftoken"],
          "hx-request": "true", "hx-current-url": location.href };
        const { answer, page, part, ours } = await ask(place, { method: "POST", body, headers });
        if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
        if (answer.status === 401 || (answer.ok && !ours)) return signedOut(page); // what waits is kept
        if (answer.status === 403 && !sessionStorage.getItem(KEY)) { // signed in anew elsewhere: this page's token is old
          sessionStorage.setItem(KEY, "reloaded");
          leaving = true;
          return location.reload();
        }
        sessionStorage.removeItem(KEY);
        keep(waiting().filter((each) => each.key !== item.key));
        before = before.filter((each) => each.key !== item.key);
        pause = 0;
        if (!answer.ok) refused(item, page);
        else {
          take(part);
          refresh();
          const left = waiting().length;
          left ? sayWaiting(left) : say(part.dataset.told);
        }
        if (!cards.length && !waiting().length && !shown()) location.reload();
      }
    } catch {
      pause = Math.min(30000, pause * 2 || 500);
      timer = setTimeout(send, pause);
      sayWaiting(waiting().length);
    } finally {
      sending = false;
    }
    more();
  }
  // It was joined, parted or closed meanwhile; as it is now it comes next, if it is open.
  function refused(item, page) {
    const node = page.getElementById("card");
    const anew = node?.dataset.work === item.work;
    decided.delete(item.work);
    if (anew) cards.unshift({ work: item.work, node });
    say(words(anew ? "changed" : "refused"), true);
  }
  function signedOut(page) {
    say(words("signIn"), true);
    const card = document.getElementById("card"), note = document.createElement("div");
    note.id = "card";
    note.append(...page.body.childNodes);
    if (note.querySelector("[role=alert]")) card.replaceWith(note);
  }
  function refresh() {
    if (head) document.querySelector("#card .screen-head")?.replaceWith(head.content.firstElementChild.cloneNode(true));
  }

  // A card that the site shows by itself (undo, redo, later) puts the one that stood there back in front.
  document.addEventListener("htmx:before:swap", (event) => {
    const target = event.detail.ctx.target, path = event.detail.ctx.request?.action ?? "";
    if (target?.id === "card" && /\/undo\/$/.test(path) && target.dataset.work && !cards.some((each) => each.work === target.dataset.work)) {
      cards.unshift({ work: target.dataset.work, node: target.cloneNode(true) });
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    decided.delete(shown());
    for (let n = cards.length - 1; n >= 0; n--) if (cards[n].work === shown()) cards.splice(n, 1);
    done = false;
    more();
  });

  addEventListener("online", send);
  addEventListener("beforeunload", (event) => { if (waiting().length && !leaving) event.preventDefault(); });
  document.addEventListener("submit", (event) => {
    if (/logout/.test(event.target.action)) Object.keys(localStorage).filter((name) => name.startsWith("winnow-waiting ")).forEach((name) => localStorage.removeItem(name));
  });

  take(store);
  while (cards.length && waiting().some((item) => item.work === shown())) show(cards.shift().node);
  if (waiting().length) { sayWaiting(waiting().length); send(); } else more();
})();
