// What was typed in the last moment before a page is left is sent all the same, and typed again where it came too late.
"use strict";

const unsaved = new Map(); // form -> the fields typed in since it was last saved
const KEPT = "typed", FRESH = 10000; // milliseconds in which the same page is expected back
const TYPED = "input:not([type=file], [type=range], [type=checkbox]), textarea";

document.addEventListener("input", (event) => {
  const form = event.target.closest(SAVED_FORMS);
  if (!form || !event.target.matches(TYPED)) return;
  if (!unsaved.has(form)) unsaved.set(form, new Set());
  unsaved.get(form).add(event.target);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const typed = unsaved.get(event.target);
  if (typed) event.detail.xhr.sent = new Map([...typed].map((field) => [field, field.value]));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const typed = unsaved.get(event.target);
  if (!typed || !event.detail.xhr.status) return;
  for (const [field, value] of event.detail.xhr.sent || []) if (field.value === value) typed.delete(field);
  if (!typed.size) unsaved.delete(event.target);
});

window.addEventListener("pagehide", () => {
  const typed = [];
  for (const [form, fields] of unsaved) {
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" }, keepalive: true });
    typed.push(...[...fields].map((field) => ({ action: form.getAttribute("action"), name: field.name, value: field.value })));
  }
  unsaved.clear();
  if (typed.length) sessionStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), typed }));
});
document.addEventListener("DOMContentLoaded", () => {
  const { at, typed } = JSON.parse(sessionStorage.getItem(KEPT) || '{"at": 0, "typed": []}');
  sessionStorage.removeItem(KEPT);
  if (Date.now() - at > FRESH) return;
  for (const { action, name, value } of typed) {
    const field = document.querySelector(`form[action="${CSS.escape(action)}"]:not(.offers) [name="${CSS.escape(name)}"]:not([type=hidden])`);
    if (!field || field.value === value) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
