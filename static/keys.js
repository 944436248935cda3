// Keys: what names its keys in aria-keyshortcuts is pressed by them, and ? shows them all.
"use strict";

const WRITTEN = "textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit])";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || $("dialog[open], [popover]:popover-open")) return;
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
document.addEventListener("click", (event) => { if (event.target.closest("[data-keys]")) $("#keys").showModal(); });
