// Picking videos, with mouse and keys; a video plays while one points at it. Without this the boxes of the page do.
"use strict";

// --- What is picked: the order of picking is the order of the ranking -------------------------------------------------
const picked = []; // keeps also what a filter hides meanwhile
const boxes = () => $$("input[name=video]");

function showPicks() {
  const bar = $(".pick-bar");
  boxes().forEach((box) => {
    const place = picked.indexOf(box.value);
    box.checked = place >= 0;
    box.nextElementSibling.textContent = place >= 0 ? place + 1 : "";
  });
  const most = Number(bar.dataset.most);
  bar.classList.toggle("some", picked.length > 0);
  $(".pick-count", bar).textContent = bar.dataset.words.replace("[n]", picked.length);
  $(".too-many", bar).hidden = picked.length <= most;
  $(".gold", bar).disabled = picked.length > most;
  bar.elements.picked.value = picked.join(",");
}

function pick(values) {
  picked.splice(0, picked.length, ...values);
  showPicks();
}

function pickAll() {
  const all = $$(".pick input[name=video]").map((box) => box.value); // re-uploads stay behind their first
  pick(all.every((value) => picked.includes(value)) ? [] : [...new Set([...picked, ...all])].slice(0, $(".pick-bar").dataset.all ?? $(".pick-bar").dataset.most));
}

on("change", "input[name=video]", ({ value }) => {
  pick(picked.includes(value) ? picked.filter((other) => other !== value) : [...picked, value]);
});
on("click", "[data-pick-all]", pickAll);
on("click", "[data-pick-none]", () => pick([]));
document.addEventListener("htmx:afterSettle", (event) => {
  const best = event.detail.requestConfig?.elt.closest("[data-top]") && $("[data-top-list]");
  if (best) pick(best.dataset.topList.split(","));
  else showPicks();
});
document.addEventListener("job:changed", showPicks);

// --- Keys: arrows move over the cards as they lie, space picks by itself ----------------------------------------------
const handleOf = (card) => $(".pick input, .caption", card);

function step(key) {
  const cards = $$(".video-card:not(.waiting)");
  const here = document.activeElement.closest?.(".video-card");
  const columns = getComputedStyle($(".grid")).gridTemplateColumns.split(" ").length;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  const next = here ? cards[cards.indexOf(here) + by] : cards[0];
  if (!next) return;
  handleOf(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const on = event.target;
  const typing = on.matches?.("input:not([name=video]), select, textarea, [contenteditable]");
  if (typing || event.altKey || event.ctrlKey || event.metaKey || !$(".grid") || $("dialog[open]")) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    step(event.key);
  } else if (event.key === "Enter" && !on.closest?.("a, button, summary") && !$(".pick-bar .gold").disabled) {
    event.preventDefault();
    if (picked.length) $("#pick").requestSubmit();
  }
});

// --- A video that is here plays while one points at it, without its sound ---------------------------------------------
let pointed = null;

function play(card) {
  if (card === pointed) return;
  $(".poster video", pointed ?? document.createElement("i"))?.remove();
  pointed = card;
  if (!card?.dataset.src || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const video = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, src: card.dataset.src });
  $(".poster", card).append(video);
  video.play().catch(() => video.remove()); // the pointer went on, or the file cannot be played: the cover stays
}
for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => play(event.target.closest?.(".video-card") ?? null));
}

document.addEventListener("DOMContentLoaded", () => {
  const best = $("[data-top-list]")?.dataset.topList.split(",") ?? [], turn = (box) => best.indexOf(box.value) >>> 0; // others last
  pick($$("input[name=video]:checked").sort((one, other) => turn(one) - turn(other)).map((box) => box.value)); // also those that the browser kept ticked
  if (location.hash === "#q") $("#q")?.focus();
});
