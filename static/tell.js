// Tells that a film is done: in the title of a tab that nobody looks at and, once that is asked for, by the browser.
"use strict";

const plainTitle = document.title;
let told = 0;

function showTelling() {
  const can = "Notification" in window && Notification.permission !== "denied";
  const on = can && Notification.permission === "granted" && localStorage.getItem("tell") === "on";
  document.documentElement.dataset.telling = on ? "on" : can ? "off" : "never";
  return on;
}
document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-tell]")) return;
  if (await Notification.requestPermission() === "granted") localStorage.setItem("tell", "on");
  showTelling();
});
document.addEventListener("job:changed", ({ target, detail }) => {
  if (!detail.ended || !document.hidden || !target.dataset.told) return;
  document.title = `(${++told}) ${target.dataset.told}`;
  if (showTelling()) new Notification(target.dataset.told, { tag: target.dataset.job }).onclick = () => window.focus();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && told) [document.title, told] = [plainTitle, 0];
});
showTelling();
