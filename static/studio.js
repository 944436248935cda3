// The editor and the pickers. Every action is also a plain form or link; this makes them quick.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const say = (text) => { $("#announcer").textContent = text; };

// --- The ranked list: drag, or arrow keys on a focused row ------------------------------------------------------------
async function moveEntry(row, rank) {
  await htmx.ajax("POST", row.dataset.move, { target: "#ranking", swap: "morph", values: { rank, was: row.dataset.rank } });
  document.getElementById(row.id)?.focus(); // keep.js says what the answer tells
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

// --- Uploading: drop on the field itself or choose there, see how far it is ------------------------------------------------
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
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-fetch-all]")) $$(".entry-wait form").forEach((form) => form.requestSubmit());
});

// --- Together ---------------------------------------------------------------------------------------------------------
document.addEventListener("htmx:afterSettle", (event) => {
  sortable();
  if (event.target.id === "film") event.target.scrollIntoView({ block: "nearest" }); // on a phone it is far below
});
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
document.addEventListener("DOMContentLoaded", sortable);
