// Large files go up in pieces when the form is sent; after a broken line or a reload each goes on where it stopped.
"use strict";
(() => {
  const form = document.querySelector("[data-upload]");
  const field = form?.querySelector("input[type=file]");
  if (!field) return;
  const LARGE = 8 * 2 ** 20, PIECE = 4 * 2 ** 20, TRIES = 7;
  const list = form.querySelector("[data-chosen]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const say = (text) => { document.getElementById("told").textContent = text; };
  const pause = (tries) => new Promise((done) => setTimeout(done, Math.min(30, 2 ** tries) * 1000));
  const key = (file) => `upload ${form.dataset.upload} ${file.name} ${file.size} ${file.lastModified}`;

  async function ask(place, options) {
    const headers = { "X-CSRFToken": token, ...options.headers };
    for (let tries = 0; ; tries++) {
      try {
        const answer = await fetch(place, { ...options, headers, redirect: "manual" });
        if (answer.status < 500) return answer;
      } catch { /* the line is broken */ }
      if (tries === TRIES) throw new Error(form.dataset.failed);
      say(form.dataset.broken);
      await pause(tries);
    }
  }
  async function begin(file) {
    const kept = localStorage.getItem(key(file));
    const there = kept && await ask(kept, { method: "HEAD" });
    if (there?.ok) return [kept, Number(there.headers.get("Upload-Offset"))];
    const body = new URLSearchParams({ name: file.name, size: file.size });
    const answer = await ask(form.dataset.upload, { method: "POST", body });
    if (answer.status !== 201) throw new Error(await answer.text() || form.dataset.failed);
    const place = answer.headers.get("Location");
    localStorage.setItem(key(file), place);
    return [place, 0];
  }
  async function send(file, row) {
    let [place, at] = await begin(file);
    const bar = row.querySelector("progress") ?? row.appendChild(document.createElement("progress"));
    Object.assign(bar, { className: "progress", max: file.size, value: at, ariaLabel: file.name });
    while (at < file.size) {
      const headers = { "Upload-Offset": at, "Content-Type": "application/octet-stream" };
      const answer = await ask(place, { method: "POST", body: file.slice(at, at + PIECE), headers });
      const stands = answer.headers.get("Upload-Offset"); // also of a piece that came twice (409)
      if (!stands) {
        localStorage.removeItem(key(file));
        throw new Error(await answer.text() || form.dataset.failed);
      }
      at = bar.value = Number(stands);
      say(form.dataset.going);
    }
    const value = place.split("/").at(-2);
    if (form.querySelector(`[name=uploads][value="${value}"]`)) return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "uploads", value }));
  }

  form.addEventListener("submit", async (event) => {
    const files = [...field.files], large = files.filter((file) => file.size > LARGE);
    if (!large.length) return;
    event.preventDefault();
    const acting = [field, ...form.querySelectorAll("button")];
    const rest = (still) => acting.forEach((each) => { each.disabled = still; });
    rest(true);
    say(form.dataset.going);
    try {
      for (const file of large) await send(file, list.children[files.indexOf(file)]);
      rest(false);
      const small = new DataTransfer();
      for (const file of files) if (!large.includes(file)) small.items.add(file);
      field.files = small.files;
      form.submit();
    } catch (fault) {
      rest(false);
      say(fault.message);
    }
  });
})();
