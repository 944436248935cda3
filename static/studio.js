// The editor and the pickers. Every action is also a plain form or link; this makes them quick.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function say(text) {
  $("#announcer").textContent = text;
}

// --- The stage: the chosen clip under the film's own pictures ---------------------------------------------------------
const stage = { box: $("#stage"), entry: null, start: 0, end: Infinity, volume: 1 };

function loadBoard() {
  const query = stage.entry ? `?entry=${stage.entry}` : "";
  htmx.ajax("GET", stage.box.dataset.board + query, { target: "#art", swap: "morph:innerHTML" });
}

// Without in or out of its own a clip shows the part that the studio chose.
function shownPart(row, start, end) {
  const auto = start === "" && end === "" && row.dataset.autoStart;
  return auto ? [Number(row.dataset.autoStart), Number(row.dataset.autoEnd)] : [parseFloat(start) || 0, parseFloat(end) || Infinity];
}

function readEntry(row) {
  [stage.start, stage.end] = shownPart(row, row.dataset.start, row.dataset.end);
  stage.volume = Math.min(parseFloat(row.dataset.volume), 1);
  const video = $(".clip", stage.box);
  video.classList.toggle("contain", ["contain", "bars"].includes(row.dataset.fit));
  video.volume = stage.volume;
  document.dispatchEvent(new CustomEvent("stage:entry", { detail: row }));
}

function showEntry(row, play = false) {
  if (!stage.box || !row) return;
  const video = $(".clip", stage.box);
  const changed = stage.entry !== row.dataset.entry;
  stage.entry = row.dataset.entry;
  $$(".entry.shown").forEach((other) => other.classList.toggle("shown", other === row));
  row.classList.add("shown");
  readEntry(row);
  stage.box.classList.toggle("loaded", Boolean(row.dataset.src || row.dataset.cover));
  video.poster = row.dataset.cover || "";
  if (row.dataset.cover) drawCover(row.dataset.cover);
  if (row.dataset.src && video.getAttribute("src") !== row.dataset.src) {
    video.src = row.dataset.src;
    video.addEventListener("loadedmetadata", () => { video.currentTime = stage.start; }, { once: true });
  } else if (!row.dataset.src && video.hasAttribute("src")) {
    video.removeAttribute("src");
    video.load(); // else it keeps its last picture
  }
  if (changed) loadBoard();
  if (play && row.dataset.src) video.play().catch(() => {}); // the browser may refuse until a click: the button stays
}

function keepStage() {
  if (!stage.box) return;
  stage.box.classList.toggle("peopled", $$(".entry").length > 0);
  const shown = stage.entry && document.getElementById(`entry-${stage.entry}`);
  if (shown) {
    showEntry(shown);
  } else {
    stage.entry = null;
    const rows = $$(".entry");
    if (rows.length) showEntry(rows[0]);
    else loadBoard();
  }
}

function drawCover(address) {
  const picture = new Image();
  picture.addEventListener("load", () => {
    if ($(".clip", stage.box).readyState < 2) drawBlur(picture, picture.naturalWidth, picture.naturalHeight);
  });
  picture.src = address;
}

function drawBlur(source, w, h) {
  if (!w) return;
  const canvas = $(".blur", stage.box);
  const scale = Math.max(canvas.width / w, canvas.height / h);
  canvas.getContext("2d").drawImage(source, (canvas.width - w * scale) / 2, (canvas.height - h * scale) / 2, w * scale, h * scale);
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function startStage() {
  const video = $(".clip", stage.box);
  const play = $("[data-stage=play]"), seek = $("[data-stage=seek]"), time = $("[data-stage=time]"), sound = $("[data-stage=sound]");
  const last = () => Math.min(stage.end, video.duration || 0);
  const tick = () => {
    if (video.currentTime >= last() - 0.02 || video.currentTime < stage.start - 0.3) {
      if (!video.paused && last() > stage.start) video.currentTime = stage.start;
    }
    const length = last() - stage.start;
    if (length > 0 && document.activeElement !== seek) seek.value = (1000 * (video.currentTime - stage.start)) / length;
    time.textContent = `${clock(Math.max(video.currentTime - stage.start, 0))} / ${clock(Math.max(length, 0))}`;
  };
  const frame = () => {
    drawBlur(video, video.videoWidth, video.videoHeight);
    tick();
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(frame);
  };
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(frame);
  ["timeupdate", "seeked", "loadeddata"].forEach((name) => video.addEventListener(name, () => { drawBlur(video, video.videoWidth, video.videoHeight); tick(); }));
  const state = () => {
    play.classList.toggle("playing", !video.paused);
    play.setAttribute("aria-label", video.paused ? play.dataset.play : play.dataset.pause);
  };
  video.addEventListener("play", state);
  video.addEventListener("pause", state);
  play.addEventListener("click", () => (video.paused ? video.play() : video.pause()));
  seek.addEventListener("input", () => { video.currentTime = stage.start + (seek.value / 1000) * (last() - stage.start); });
  sound.addEventListener("click", () => {
    video.muted = !video.muted;
    sound.setAttribute("aria-pressed", String(!video.muted));
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".entry");
    if (!row) return;
    if (stage.entry !== row.dataset.entry) $(".stage-column").scrollTo({ top: 0, behavior: "smooth" });
    showEntry(row, Boolean(event.target.closest("[data-show]")));
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".entry");
    if (row) showEntry(row);
  });
  keepStage();
}

// --- The ranked list: drag, or arrow keys on a focused row ------------------------------------------------------------
async function moveEntry(row, rank) {
  const list = $("#entries");
  await htmx.ajax("POST", row.dataset.move, { target: "#ranking", swap: "morph", values: { rank, was: row.dataset.rank } });
  const words = list.dataset.moved.replace("[name]", row.dataset.name).replace("[rank]", rank);
  const moved = document.getElementById(row.id);
  if (moved) moved.focus({ preventScroll: false });
  say(words);
}

function sortable() {
  const list = $("[data-sortable]");
  if (!list || Sortable.get(list)) return;
  Sortable.create(list, {
    handle: ".grip", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160,
    ghostClass: "ghost", dragClass: "dragging", delay: 60, delayOnTouchOnly: true,
    onEnd: (event) => { if (event.newIndex !== event.oldIndex) moveEntry(event.item, event.newIndex + 1); },
  });
}

document.addEventListener("keydown", (event) => {
  const row = event.target;
  if (!row.matches?.(".entry") || event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step) {
    event.preventDefault();
    const rank = Number(row.dataset.rank) + step;
    if (rank >= 1 && rank <= $$(".entry").length) moveEntry(row, rank);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    showEntry(row, true);
  }
});

// --- Cutting: two handles over the filmstrip and two number fields say the same ---------------------------------------
function paintCut(form) {
  const length = parseFloat(form.dataset.length) || 1;
  const [from, to] = shownPart(form.closest(".entry"), form.elements.start.value, form.elements.end.value);
  const strip = $(".strip", form);
  strip.style.setProperty("--from", `${Math.min(100, (100 * from) / length)}%`);
  strip.style.setProperty("--to", `${Math.min(100, (100 * to) / length)}%`);
}

function cut(form, source) {
  const length = parseFloat(form.dataset.length) || 0;
  const from = $(".from", form), to = $(".to", form);
  const least = Math.min(0.5, length), row = form.closest(".entry");
  const auto = form.elements.start.value === "" && form.elements.end.value === ""; // then both handles say what is kept
  if (source === from) from.value = Math.min(parseFloat(from.value), parseFloat(to.value) - least);
  if (source === to) to.value = Math.max(parseFloat(to.value), parseFloat(from.value) + least);
  if (source === from || (source === to && auto)) form.elements.start.value = parseFloat(from.value) > 0 ? from.value : "";
  if (source === to || (source === from && auto)) form.elements.end.value = parseFloat(to.value) < length - 0.05 ? to.value : "";
  if (source !== from && source !== to) {
    const [first, last] = shownPart(row, form.elements.start.value, form.elements.end.value);
    from.value = first;
    to.value = Math.min(last, length);
  }
  paintCut(form);
  const video = stage.box && $(".clip", stage.box);
  Object.assign(row.dataset, { start: form.elements.start.value, end: form.elements.end.value, fit: form.elements.fit.value, volume: form.elements.volume.value });
  readEntry(row);
  if (video && source === from) video.currentTime = stage.start;
  if (video && source === to) video.currentTime = Math.max(parseFloat(to.value) - 0.05, 0);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest(".cut-form");
  if (form) cut(form, event.target);
  if (event.target.closest(".popover") && event.target.type === "range") event.target.nextElementSibling.value = event.target.value;
});

// --- Saving in place: fields that were refused are marked, and Generate waits for what is being saved -------------------
const SAVED_FORMS = ".title-form, .settings-form, .label-form, .why-form, .cut-form, .masks-form";
const saving = new Set();
let saved = () => {};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.(SAVED_FORMS)) saving.add(event.detail.xhr);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.matches?.(SAVED_FORMS)) return;
  saving.delete(event.detail.xhr);
  const wrong = document.getElementById(event.detail.target.id)?.querySelector("[data-fields]");
  const fields = ([409, 422].includes(event.detail.xhr.status) && wrong?.dataset.fields.split(" ")) || [];
  for (const field of event.target.elements) field.setAttribute?.("aria-invalid", String(fields.includes(field.name)));
  if (!saving.size) saved();
});
document.addEventListener("htmx:confirm", (event) => {
  if (!event.target.matches("#generate, #draft")) return;
  event.preventDefault();
  const go = () => {
    saved = () => {};
    const wrong = $(`:is(${SAVED_FORMS}) [aria-invalid=true]`);
    if (wrong) wrong.focus();
    else event.detail.issueRequest(true);
  };
  // A field that just lost the focus sends its change first.
  setTimeout(() => (saving.size ? (saved = go) : go()));
});

// --- Uploading: drop anywhere on the form, see how far it is ----------------------------------------------------------
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.("[data-drop]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("over", name === "dragenter" || name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      form.elements.files.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] input[type=file]") && event.target.files.length) event.target.form.requestSubmit();
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest?.("[data-drop]");
  if (!form || !event.detail.lengthComputable) return;
  const percent = Math.floor((100 * event.detail.loaded) / event.detail.total);
  const bar = $("progress", form), words = $(".drop-state", form);
  bar.hidden = false;
  bar.value = percent;
  words.textContent = percent < 100 ? `${words.dataset.sending} ${percent}%` : words.dataset.checking;
  if (percent >= 100) bar.removeAttribute("value");
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("[data-drop]");
  if (form) {
    $("progress", form).hidden = true;
    $(".drop-state", form).textContent = "";
    if (event.detail.successful) form.reset();
    const go = event.detail.successful && $("[data-go]");
    if (go) location.assign(go.dataset.go);
  }
  if (event.detail.successful) event.target.closest?.("[popover]")?.hidePopover();
  const then = event.target.closest?.("[data-then]");
  if (then && event.detail.successful) htmx.trigger(document.body, then.dataset.then);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-fetch-all]")) return;
  $$(".entry-wait form").forEach((form) => form.requestSubmit());
});

// --- Together ---------------------------------------------------------------------------------------------------------
document.addEventListener("htmx:afterSettle", (event) => {
  sortable();
  $$(".cut-form").forEach(paintCut);
  if (event.target.id === "ranking") keepStage();
  if (event.target.id === "film") event.target.scrollIntoView({ block: "nearest" }); // on a phone it is far below
});
document.addEventListener("board-changed", () => { if (stage.box) loadBoard(); });
document.addEventListener("job:changed", (event) => {
  if (event.detail.ended && event.target.closest("#ranking")) htmx.trigger(document.body, "entries-changed");
  const typing = document.activeElement?.matches("input, textarea, select");
  if (event.detail.status === "done" && event.target.closest("#film") && !typing) {
    event.target.scrollIntoView({ block: "start", behavior: "smooth" });
  }
});
document.addEventListener("htmx:sendError", () => alarm(document.body.dataset.offline));
document.addEventListener("htmx:responseError", () => alarm(document.body.dataset.refused));
document.addEventListener("htmx:afterOnLoad", () => alarm(""));
document.addEventListener("DOMContentLoaded", () => {
  if (stage.box) startStage();
  sortable();
  $$(".cut-form").forEach(paintCut);
});
