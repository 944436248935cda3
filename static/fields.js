// What fields say of themselves: how loud a slider stands, how many letters are left where few are, a fold's reason.
"use strict";

document.addEventListener("input", ({ target: field }) => {
  const told = field.type === "range" && field.nextElementSibling?.matches("output") && field.nextElementSibling;
  if (told) told.value = field.max > 2 ? field.value : `${Math.round(100 * field.value)}%`;
  const fold = field.name === "reason" && field.closest(".why-box");
  if (fold) $(".cut-said", fold).textContent = field.value;
  if (field.dataset.most) countLetters(field, Number(field.dataset.most));
});

// Nothing is cut off: what is too long stays to be shortened, and the server says why it is not saved.
function countLetters(field, most) {
  const letters = [...field.value].length, told = field.nextElementSibling?.matches(".count") && field.nextElementSibling;
  const count = told || document.createElement("output");
  count.className = letters > most ? "count over" : "count";
  count.value = `${letters} / ${most}`;
  count.hidden = letters < 0.8 * most;
  if (!told && !count.hidden) field.after(count);
}

// The film of the page may not be what the ranking says any more.
document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, requestConfig } = event.detail;
  if (successful && requestConfig.verb !== "get" && event.target.closest(".list-column")) htmx.trigger(document.body, "film-edited");
});
