// Words: copying what a film is published with, and taking over an offered reason.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
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
  document.getElementById("announcer").textContent = words;
  setTimeout(() => { button.textContent = usual; }, 2000);
});

// The form of the field saves it, as if it had been typed.
document.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-reason]");
  const field = offer && document.getElementById(offer.dataset.reason);
  if (!field) return;
  event.preventDefault();
  field.value = offer.value;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  field.focus();
});
