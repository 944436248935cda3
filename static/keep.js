// What was typed is kept until the studio has it: while it does not answer, when the page is left, and when another tab
// says something else. `was` in each request is what this tab knew of each field, which its default value remembers.
"use strict";

const unsaved = new Map(); // form -> the fields filled in since it was last saved
const failed = new Set(); // forms that the studio did not take yet

const fieldsOf = (form) => [...form.elements].filter((field) => field.matches("[name]:not([type=hidden], [type=file], button)"));
const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? "on" : "") : field.value);

function knownOf(field) {
  if (field.type === "checkbox") return field.defaultChecked ? "on" : "";
  return field.options ? ([...field.options].find((option) => option.defaultSelected) || field.options[0]).value : field.defaultValue;
}

function learn(field, value) {
  const { checked, value: filled } = field;
  for (const option of field.options || []) option.defaultSelected = option.value === value;
  Object.assign(field, { defaultChecked: value === "on", checked }); // a default that changes may show itself
  if (field.type !== "checkbox") field.defaultValue = value;
  if (field.value !== filled) field.value = filled;
}

const wasOf = (form) => JSON.stringify(Object.fromEntries(fieldsOf(form).map((field) => [field.name, knownOf(field)])));
// What is newer never replaces what is not saved, nor the words that tell why.
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => ![...unsaved.values()].some((fields) => fields.has(old)) && !(old.matches?.(".saved") && $("[data-fields]", old));

document.addEventListener("input", (event) => {
  const form = event.target.closest(SAVED_FORMS);
  if (!form || !event.target.name) return;
  if (!unsaved.has(form)) unsaved.set(form, new Set());
  unsaved.get(form).add(event.target);
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches?.(`${SAVED_FORMS}, [data-was]`) && !event.target.elements.was) event.detail.parameters.was = wasOf(event.target);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.(SAVED_FORMS)) event.detail.xhr.sent = fieldsOf(event.target).map((field) => [field, valueOf(field)]);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target, { xhr, successful, target } = event.detail, typed = unsaved.get(form);
  if (!xhr.sent) return;
  const unanswered = !xhr.status || xhr.status >= 500, taken = successful && xhr.status < 400; // to htmx a refusal with words succeeds too
  failed[unanswered ? "add" : "delete"](form);
  if (unanswered) document.getElementById(target.id)?.replaceChildren(document.body.dataset.unsaved);
  for (const [field, value] of xhr.sent) {
    if (taken) learn(field, value);
    if (taken && valueOf(field) === value) typed?.delete(field);
  }
  if (typed && !typed.size) unsaved.delete(form);
});
setInterval(() => { for (const form of failed) if (form.isConnected) htmx.trigger(form, "change"); else failed.delete(form); }, 3000);
window.addEventListener("beforeunload", (event) => { if (failed.size) event.preventDefault(); });

// Another tab says something else: its value is known now, and one of the two is taken.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-clash]");
  if (!button) return;
  const field = fieldsOf(button.form).find((one) => one.name === button.dataset.clash);
  button.form.elements.was?.remove(), learn(field, button.dataset.theirs);
  if (button.dataset.take === "theirs") Object.assign(field, field.type === "checkbox" ? { checked: Boolean(button.dataset.theirs) } : { value: button.dataset.theirs });
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  field.focus();
});

// What is typed in the last moment is sent all the same; a page that was quicker than that looks again by its version.
window.addEventListener("pagehide", () => {
  for (const form of unsaved.keys()) {
    const body = new URLSearchParams(new FormData(form));
    if (!form.elements.was) body.set("was", wasOf(form));
    fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true });
  }
  unsaved.clear();
});

// --- The version that this page shows: what was edited elsewhere since is fetched ---------------------------------------
let shown = Number($("#history").dataset.version);
const refresh = () => htmx.trigger("#refresh", "refresh");
document.addEventListener("htmx:afterRequest", (event) => {
  const version = Number(event.detail.xhr.getResponseHeader("X-Version"));
  if (!version || version <= shown) return;
  const edit = event.detail.requestConfig.verb !== "get";
  if (edit && version > shown + 1) return refresh();
  shown = version;
  if (!edit) htmx.trigger(document.body, "board-changed");
});
document.addEventListener("job:changed", (event) => {
  const version = Number(event.target.dataset.version);
  if (version > shown) setTimeout(() => { if (version > shown) refresh(); }, 300); // the answer to this tab's own edit may be on its way
});
document.addEventListener("told", (event) => say(event.detail.words));
