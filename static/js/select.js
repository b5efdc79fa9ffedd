// Choosing words of a text, by pointer or by keys, as a span of code points. Every character of the text stands in a run that
// carries its start (data-o); sentences carry data-start and data-end. The span goes into the fields start, end and quote of
// form[data-span]; the server compares the quote with its own text. Alt while selecting takes the exact characters.
"use strict";
(() => {
  let text, runs, points, words; // the [data-text] element, its runs, its characters, its words as [start, end)
  let span = null, edge = "end", exact = false;
  const length = (string) => [...string].length;

  function read() {
    text = document.querySelector("[data-text]");
    if (!text) return;
    runs = [...text.querySelectorAll("[data-o]")].map((element) => ({ element, start: Number(element.dataset.o) }));
    points = [];
    for (const run of runs) [...run.element.textContent].forEach((point, at) => { points[run.start + at] = point; });
    words = [];
    let at = 0;
    for (const { segment, isWordLike } of new Intl.Segmenter(text.lang || undefined, { granularity: "word" }).segment(points.join(""))) {
      const end = at + length(segment);
      if (isWordLike) words.push([at, end]);
      at = end;
    }
    span = null;
    const form = document.querySelector("form[data-span]"); // the server may have chosen one already
    if (form?.elements.end?.value) choose(Number(form.elements.start.value), Number(form.elements.end.value));
  }

  // Between places in the page and code points.
  function pointAt(node, offset) {
    const run = (node.nodeType === 1 ? node : node.parentElement).closest("[data-o]");
    if (!run) return null;
    const before = document.createRange();
    before.setStart(run, 0);
    before.setEnd(node, offset);
    return Number(run.dataset.o) + length(before.toString());
  }
  function placeOf(point, isEnd) {
    const run = runs.findLast((each) => (isEnd ? each.start < point : each.start <= point)) ?? runs[0];
    let rest = [...run.element.textContent].slice(0, point - run.start).join("").length;
    const walker = document.createTreeWalker(run.element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (rest <= node.length) return [node, rest];
      rest -= node.length;
    }
    return [run.element, run.element.childNodes.length];
  }

  function choose(start, end, scroll = false) {
    if (!(start < end)) return;
    span = { start, end };
    const quote = points.slice(start, end).join("");
    const form = document.querySelector("form[data-span]");
    for (const [name, value] of Object.entries({ start, end, quote })) form.elements[name].value = value;
    for (const shown of document.querySelectorAll("[data-quote]")) shown.textContent = quote;
    const range = document.createRange();
    range.setStart(...placeOf(start, false));
    range.setEnd(...placeOf(end, true));
    if (window.Highlight) CSS.highlights.set("chosen", new Highlight(range));
    if (scroll) range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  }
  function fromSelection() {
    const selection = getSelection();
    if (!text || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return;
    const range = selection.getRangeAt(0);
    let start = pointAt(range.startContainer, range.startOffset), end = pointAt(range.endContainer, range.endOffset);
    if (start === null || end === null) return;
    if (!exact) {
      const touched = words.filter(([from, to]) => from < end && to > start);
      if (touched.length) [start, end] = [Math.min(start, touched[0][0]), Math.max(end, touched.at(-1)[1])];
      while (start < end && /\s/.test(points[start])) start += 1;
      while (end > start && /\s/.test(points[end - 1])) end -= 1;
    }
    choose(start, end);
  }

  // Keys: sentence by sentence, longer and shorter, then word by word at one edge.
  const sentences = () => [...text.querySelectorAll("[data-start]")].map(({ dataset }) => [Number(dataset.start), Number(dataset.end)]);
  const moves = {
    next: (all) => all.find(([start]) => !span || start >= span.end) ?? all.at(-1),
    previous: (all) => all.findLast(([, end]) => span && end <= span.start) ?? all[0],
    longer: (all) => span ? [span.start, (all.find(([, end]) => end > span.end) ?? all.at(-1))[1]] : all[0],
    shorter: (all) => span && [span.start, all.findLast(([start, end]) => end < span.end && end > span.start)?.[1] ?? span.end],
    left: () => span && (edge === "end"
      ? [span.start, words.findLast(([start, end]) => end < span.end && start >= span.start)?.[1] ?? span.end]
      : [words.findLast(([start]) => start < span.start)?.[0] ?? span.start, span.end]),
    right: () => span && (edge === "end"
      ? [span.start, words.find(([, end]) => end > span.end)?.[1] ?? span.end]
      : [words.find(([start, end]) => start > span.start && end <= span.end)?.[0] ?? span.start, span.end]),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button || !text) return;
    const move = button.dataset.move;
    if (move === "start" || move === "end") {
      edge = move;
      for (const each of document.querySelectorAll("[data-move=start], [data-move=end]")) each.ariaPressed = String(each.dataset.move === edge);
      return;
    }
    const wanted = moves[move](sentences());
    if (wanted) choose(...wanted, true);
  });

  document.addEventListener("pointerup", (event) => { exact = event.altKey; setTimeout(fromSelection); });
  document.addEventListener("keyup", (event) => { if (event.shiftKey && event.key.startsWith("Arrow")) { exact = event.altKey; fromSelection(); } });
  document.addEventListener("htmx:after:swap", read);
  read();
})();
