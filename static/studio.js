// Every page, and the ranked list. Every action is also a plain form or link; this makes them quick.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const say = (text) => { $("#announcer").textContent = text; };

// Hears events in whatever matches, also in what comes later.
function on(name, selector, act, early = false) {
  document.addEventListener(name, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  }, early);
}

// Fills in a field as if it had been typed: its form saves it.
function fillIn(field, value) {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = value;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}

// --- How requests were answered -----------------------------------------------------------------------------------------
const alarm = (text) => { Object.assign($("#alarm"), { textContent: text, hidden: !text }); };

function heed(status) {
  $("#logged-out").hidden = status !== 401;
  alarm(status < 400 || [401, 409, 422, 429].includes(status) ? "" : document.body.dataset.refused);
}

// Logging in, also in another tab, changes the token that what is sent carries: the cookie has the one that holds.
const token = () => document.cookie.match(/\bcsrftoken=(\w+)/)?.[1];
on("htmx:configRequest", "body", (_body, { detail }) => {
  if (!token()) return;
  detail.headers["X-CSRFToken"] = token();
  delete detail.parameters.csrfmiddlewaretoken;
});
on("submit", "form", ({ elements }) => { if (elements.csrfmiddlewaretoken && token()) elements.csrfmiddlewaretoken.value = token(); });
on("htmx:sendError", "body", () => alarm(document.body.dataset.offline));
on("htmx:afterOnLoad", "body", (_body, { detail }) => heed(detail.xhr.status));

// --- The ranked list: drag, or arrow keys on a focused row ------------------------------------------------------------
// The row stands in its new place at once. One move after the other is sent; the last one asks for what else they changed.
let moves = Promise.resolve(), moving = 0;

function moveEntry(row, rank) {
  const was = Number(row.dataset.rank), answered = ({ detail: { pathInfo, xhr, successful } }) => {
    if (pathInfo.requestPath !== row.dataset.move) return;
    if (!successful) placeEntry(row, was);
    if (xhr.status === 204 && moving === 1) htmx.trigger(document.body, "entries-changed");
  };
  placeEntry(row, rank);
  moving += 1;
  moves = moves.then(async () => {
    document.addEventListener("htmx:afterRequest", answered);
    const values = { rank, was, placed: "on" };
    await htmx.ajax("POST", row.dataset.move, { target: "#ranking", swap: "morph", values }).catch(() => {}); // the alarm tells
    document.removeEventListener("htmx:afterRequest", answered);
    moving -= 1;
  });
}

function placeEntry(row, rank) {
  row.parentElement.insertBefore(row, $$(".entry").filter((one) => one !== row)[rank - 1] || null);
  for (const [at, one] of $$(".entry").entries()) {
    one.dataset.rank = at + 1;
    Object.assign($(".medal", one), { textContent: at + 1, className: `medal medal-${at + 1}` });
  }
  row.focus();
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

on("keydown", ".entry", (row, event) => {
  if (event.target !== row || event.altKey || event.ctrlKey || event.metaKey) return;
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

// --- Uploading: drop on the field itself or choose there, see how far it is ------------------------------------------------
on("htmx:xhr:progress", "[data-drop]", (form, { detail }) => {
  if (!detail.lengthComputable) return;
  const percent = Math.floor((100 * detail.loaded) / detail.total);
  const bar = $("progress", form), words = $(".drop-state", form);
  bar.hidden = false;
  bar.value = percent;
  words.textContent = percent < 100 ? `${words.dataset.sending} ${percent}%` : words.dataset.checking;
  if (percent >= 100) bar.removeAttribute("value");
});
on("htmx:afterRequest", "[data-drop]", (form, { detail }) => {
  $("progress", form).hidden = true;
  $(".drop-state", form).textContent = "";
  if (detail.successful) form.reset();
  const go = detail.successful && $("[data-go]");
  if (go) location.assign(go.dataset.go);
});
on("htmx:afterRequest", "[popover]", (box, { detail }) => { if (detail.successful) box.hidePopover(); });
on("click", "[data-fetch-all]", () => $$("form[data-fetch]").forEach((form) => form.requestSubmit()));

// What is lost with the page: files on their way, a recording, a form that was not taken. The browser asks before it leaves.
const unfinished = new Set();
on("htmx:beforeRequest", "form[enctype]", (_form, { detail }) => unfinished.add(detail.xhr));
document.addEventListener("htmx:afterRequest", ({ detail }) => unfinished.delete(detail.xhr), true);
window.addEventListener("beforeunload", (event) => { if (unfinished.size) event.preventDefault(); });

// --- Words: copying what a film is published with, taking over an offered reason -----------------------------------------
on("click", "[data-copy]", async (button) => {
  const field = document.getElementById(button.dataset.copy), usual = button.textContent;
  let words = button.dataset.copied;
  try {
    await navigator.clipboard.writeText(field.value); // only in a secure context, and where the browser allows it
  } catch {
    field.focus();
    field.select();
    words = button.dataset.marked;
  }
  button.textContent = words;
  say(words);
  setTimeout(() => { button.textContent = usual; }, 2000);
});

on("click", "[data-reason]", (offer, event) => {
  const field = document.getElementById(offer.dataset.reason);
  if (!field) return;
  event.preventDefault();
  fillIn(field, offer.value);
  field.focus();
});

// --- Keys: what names its keys in aria-keyshortcuts is pressed by them, and ? shows them all ------------------------------
const WRITTEN = "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit])";
const OPENED = CSS.supports("selector(:popover-open)") ? "dialog[open], [popover]:popover-open" : "dialog[open]";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || $(OPENED)) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.target.closest(control ? WRITTEN : `${WRITTEN}, select`)) return;
  if (event.key === " " && event.target.closest("a, button, summary, audio, video, input:not([type=range])")) return;
  // Under a Korean layout the key Z types ㅋ: then its place says which it is.
  const key = /^[!-~]$/.test(event.key) ? event.key.toUpperCase() : event.code.replace(/^Key/, "");
  const keys = [control && "Control", event.shiftKey && key !== "?" && "Shift", key].filter(Boolean).join("+");
  const button = $(`[aria-keyshortcuts~="${CSS.escape(keys)}" i]`);
  if (!button || button.disabled || (event.repeat && !control)) return;
  event.preventDefault();
  button.click();
});
on("click", "[data-keys]", () => $("#keys").showModal());

// --- Together ---------------------------------------------------------------------------------------------------------
document.addEventListener("htmx:afterSettle", (event) => {
  sortable();
  if (event.target.id === "film") event.target.scrollIntoView({ block: "nearest" }); // on a phone it is far above
});
on("job:changed", "#ranking", (_list, { detail }) => { if (detail.ended) htmx.trigger(document.body, "entries-changed"); });
document.addEventListener("DOMContentLoaded", sortable);
