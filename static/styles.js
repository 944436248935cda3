// The stage's clip stands where the style of the board has it, and what was said of a new style is brought into view.
"use strict";

function frameStage() {
  const told = document.getElementById("stage-frame"), stage = document.getElementById("stage");
  if (!told || !stage) return;
  stage.setAttribute("style", told.dataset.style);
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "art") frameStage();
  if (event.target.id === "style-note") event.target.scrollIntoView({ block: "nearest" });
});
document.addEventListener("DOMContentLoaded", frameStage);
