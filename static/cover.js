// Choosing a cover: the slider moves the film above it, and opening the choice begins where the film stands.
"use strict";

const filmOf = (element) => element.closest(".film")?.querySelector("video");

document.addEventListener("input", (event) => {
  const film = event.target.matches("[data-cover-at]") && filmOf(event.target);
  if (!film) return;
  film.pause();
  film.currentTime = Number(event.target.value);
});
document.addEventListener("toggle", (event) => {
  const slider = event.target.open && event.target.matches(".cover-choice") && event.target.querySelector("[data-cover-at]");
  const film = slider && filmOf(slider);
  if (film && film.currentTime > 0) slider.value = film.currentTime;
}, true); // a toggle does not bubble
