// What fields say of themselves: how loud a slider stands, how many letters are left where few are, a fold's reason.
"use strict";

document.addEventListener("input", ({ target: field }) => {
  const told = field.type === "range" && field.nextElementSibling?.matches("output") && field.nextElementSibling;
  if (told) told.value = field.max > 2 ? field.value : `${Math.round(100 * field.value)}%`;
  const fold = field.name === "reason" && field.closest(".why-box");
  if (fold) $(".cut-said", fold).textContent = field.value;
});

// Nothing is cut off: what is too long stays to be shortened, and the server says why it is not saved.
on("input", "[data-most]", (field) => {
  const letters = [...field.value].length, { most } = field.dataset;
  if (!field.nextElementSibling?.matches(".count")) field.after(document.createElement("output"));
  const count = field.nextElementSibling;
  count.className = letters > most ? "count over" : "count";
  count.value = `${letters} / ${most}`;
  count.hidden = letters < 0.8 * most;
});

on("change", ".drop-zone input", (field) => {
  const told = $("[data-file-name]", field.parentElement);
  if (told && field.files.length) told.textContent = field.files[0].name;
});

// The film of the page may not be what the ranking says any more.
on("htmx:afterRequest", ".list-column", (_list, { detail: { successful, requestConfig } }) => {
  if (!successful || requestConfig.verb === "get") return;
  htmx.trigger(document.body, "film-edited");
  $(".film-box .film.cancelled:not(:has(.wish-steps))")?.remove(); // said once
});

// Choosing a cover: the slider moves the film above it, and opening the choice begins where the film stands.
const filmOf = (element) => element.closest(".film")?.querySelector("video");

on("input", "[data-cover-at]", (slider) => {
  const film = filmOf(slider);
  film?.pause();
  if (film) film.currentTime = Number(slider.value);
});
on("toggle", ".cover-choice[open]", (choice) => {
  const slider = $("[data-cover-at]", choice), film = filmOf(choice);
  if (slider && film?.currentTime > 0) slider.nextElementSibling.value = slider.value = film.currentTime.toFixed(1);
}, true); // a toggle does not bubble
