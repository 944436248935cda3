// The key D makes a draft of the film, wherever no field is being filled in.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "d" && event.code !== "KeyD") return; // KeyD: under a Korean layout it types ㅇ
  if (event.repeat || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], [popover]:popover-open")) return;
  const button = document.getElementById("draft");
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});
