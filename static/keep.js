// What was typed is kept until the studio has it: while it does not answer, when the page is left, and when another tab
// says something else. `was` in each request is what this tab knew of each field, which its default value remembers.
"use strict";

const SAVED_FORMS = ".title-form, .settings-form, .label-form, .why-form, .cut-form, .masks-form, .music-form";
const unsaved = new Map(); // form -> the fields filled in since it was last saved
const saving = new Set(); // requests that save
let saved = () => {};

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
// What is newer never replaces what is not saved, nor the words that say how saving went: those are this tab's own.
const { beforeNodeMorphed } = Idiomorph.defaults.callbacks;
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => beforeNodeMorphed(old) && ![...unsaved.values()].some((fields) => fields.has(old)) && !(old.matches?.(".saved[id]") && old.hasChildNodes());

on("input", SAVED_FORMS, (form, { target }) => {
  if (!target.name) return;
  if (!unsaved.has(form)) unsaved.set(form, new Set());
  unsaved.get(form).add(target);
});
on("htmx:configRequest", SAVED_FORMS, (form, { detail }) => {
  if (!form.elements.was) detail.parameters.was = wasOf(form);
});
on("htmx:beforeRequest", SAVED_FORMS, (form, { detail }) => {
  detail.xhr.sent = fieldsOf(form).map((field) => [field, valueOf(field)]);
  saving.add(detail.xhr);
});
on("htmx:afterRequest", SAVED_FORMS, (form, { detail: { xhr, target } }) => {
  const typed = unsaved.get(form), { status } = xhr, wrong = $("[data-fields]", document.getElementById(target.id) ?? form);
  // Not only a studio that is down may take it later, but also one where somebody has to log in again.
  const unanswered = !status || status >= 500 || [401, 403].includes(status), taken = !unanswered && status < 400;
  const fields = ([409, 422].includes(status) && wrong?.dataset.fields.split(" ")) || [];
  for (const field of form.elements) field.setAttribute?.("aria-invalid", String(fields.includes(field.name)));
  unfinished[unanswered ? "add" : "delete"](form);
  if (unanswered) $(".saved", form).replaceChildren(document.body.dataset.unsaved);
  for (const [field, value] of xhr.sent) {
    if (taken) learn(field, value);
    if (taken && valueOf(field) === value) typed?.delete(field);
  }
  if (typed && !typed.size) unsaved.delete(form);
  saving.delete(xhr);
  if (!saving.size) saved();
});
setInterval(() => {
  for (const form of unfinished) if (form.isConnected) htmx.trigger(form, "change"); else if (form.elements) unfinished.delete(form);
}, 3000);

// Generate waits for what is being saved, and leads to what was refused.
on("htmx:confirm", "#generate, #draft, .again", (_form, event) => {
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

// Another tab says something else: its value is known now, and one of the two is taken.
on("click", "[data-clash]", ({ form, dataset: { clash, theirs, take } }) => {
  const field = fieldsOf(form).find((one) => one.name === clash);
  form.elements.was?.remove();
  learn(field, theirs);
  fillIn(field, take === "theirs" ? theirs : valueOf(field));
  field.focus();
});

// What is typed in the last moment is sent all the same; a page that was quicker than that looks again by its version.
// Nobody hears the answer, so it is kept too: where this page comes again and says something else, it is filled in again.
const LEFT = `left ${location.pathname}`;
window.addEventListener("pagehide", () => {
  const left = [];
  for (const [form, typed] of unsaved) {
    if (!form.isConnected) continue;
    const body = new URLSearchParams(new FormData(form));
    if (!form.elements.was) body.set("was", wasOf(form));
    if (token()) body.set("csrfmiddlewaretoken", token());
    fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true });
    if (!form.matches(".masks-form")) for (const field of typed) left.push([form.action, field.name, valueOf(field), knownOf(field)]);
  }
  if (left.length) sessionStorage.setItem(LEFT, JSON.stringify(left));
  unsaved.clear();
});
function fillInLeft() {
  for (const [action, name, value, known] of JSON.parse(sessionStorage.getItem(LEFT) ?? "[]")) {
    const field = $$(SAVED_FORMS).flatMap((form) => (form.action === action ? fieldsOf(form) : [])).find((one) => one.name === name);
    if (!field || valueOf(field) === value) continue;
    learn(field, known);
    fillIn(field, value);
  }
  sessionStorage.removeItem(LEFT);
}
window.addEventListener("pageshow", fillInLeft);

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
