// Live jobs: one WebSocket per active job on the page, asking anew by GET while its socket is not open.
// The server sends the job's whole partial, which is morphed in: a playing video or a focused field stays as it is.
"use strict";

const jobSockets = new Map(); // key of job and view -> {socket, quiet turns}
const ACTIVE = new Set(["queued", "running"]);
const POLL_SECONDS = 4;
const OPEN = 1; // readyState of a WebSocket

const jobRoots = () => $$("[data-job], [data-live]").filter((root) => root.dataset.live || ACTIVE.has(root.dataset.status));

// What the person did to the page is not undone by a newer state of the same partial.
Idiomorph.defaults.ignoreActiveValue = true;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
  !((name === "checked" && element.type === "checkbox" && !element.closest(".settings-form")) || (name === "open" && element.tagName === "DETAILS"));

// The words of a film are loaded into a box that comes empty: once they are there, they stay.
Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => !old.matches?.(".publish-box:has(.words)");

function showJob(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  const old = fresh && document.getElementById(fresh.id);
  if (!old || old.outerHTML === fresh.outerHTML) return;
  if (old.dataset.query !== fresh.dataset.query) return; // sorted as it was a moment ago
  const ended = ACTIVE.has(old.dataset.status) && !ACTIVE.has(fresh.dataset.status);
  Idiomorph.morph(old, fresh, { morphStyle: "outerHTML" });
  const shown = document.getElementById(fresh.id);
  htmx.process(shown);
  shown.dispatchEvent(new CustomEvent("job:changed", { bubbles: true, detail: { ended, status: fresh.dataset.status } }));
}

// A socket is known by its job and by how the page shows it: jobs/ID/, or jobs/ID/?sort=plays; a project's by itself.
const keyOf = ({ dataset }) => dataset.live || `jobs/${dataset.job}/${dataset.query ? `?${dataset.query}` : ""}`;

function connect(id) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/ws/${id}`);
  const held = { socket, quiet: 0 };
  jobSockets.set(id, held);
  socket.addEventListener("message", (event) => {
    held.quiet = 0;
    showJob(event.data);
    watchJobs();
  });
  // The next turn asks by GET, and tries a new one.
  socket.addEventListener("close", () => { if (jobSockets.get(id) === held) jobSockets.delete(id); });
}

function watchJobs() {
  const wanted = new Set(jobRoots().map(keyOf));
  for (const [id, held] of jobSockets) {
    if (wanted.has(id)) continue;
    jobSockets.delete(id);
    held.socket.close();
  }
  for (const id of wanted) if (!jobSockets.has(id)) connect(id);
}

async function askAgain(root) {
  try {
    const answer = await fetch(root.dataset.url, { headers: { "HX-Request": "true" } });
    if (answer.ok) showJob(await answer.text());
    if (answer.status !== 404) heed(answer.status);
  } catch {
    alarm(document.body.dataset.offline);
  }
  watchJobs();
}

// A message may be lost, and a socket may be dead without knowing: one that is quiet is asked, one that stays so is left.
// An edit of another tab is told rarely, so a project may be quiet for longer.
setInterval(() => {
  for (const root of jobRoots()) {
    const key = keyOf(root), held = jobSockets.get(key), patience = root.dataset.live ? 8 : 1;
    if (held?.socket.readyState !== OPEN) askAgain(root);
    else if (held.quiet < 3 * patience) {
      const due = held.quiet ? held.quiet % patience === 0 : root.dataset.status === "queued"; // the line moves without it
      held.quiet += 1;
      if (due) held.socket.send("?");
    } else {
      jobSockets.delete(key);
      held.socket.close();
    }
  }
}, POLL_SECONDS * 1000);

// A tab that slept may have missed messages: any message makes the server answer with the present state.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (unseen) [document.title, unseen] = [plainTitle, 0];
  for (const { socket } of jobSockets.values()) if (socket.readyState === OPEN) socket.send("?");
});

document.addEventListener("DOMContentLoaded", watchJobs);
document.addEventListener("htmx:afterSettle", watchJobs);

// --- A film is done: told in the title of a tab that nobody looks at and, once that is asked for, by the browser -----------
const plainTitle = document.title;
const told = new Set(); // jobs, however often the page shows them
let unseen = 0;

function showTelling() {
  const kept = localStorage.getItem("tell"), can = "Notification" in window && Notification.permission !== "denied" && kept !== "cannot";
  const does = can && Notification.permission === "granted" && kept === "on";
  document.documentElement.dataset.telling = does ? "on" : can ? "off" : "never";
  return does;
}

function notify(words, job) {
  try {
    new Notification(words, { tag: job }).onclick = () => window.focus();
  } catch { // Chrome on Android has the name, and refuses: the title and the page itself say it
    localStorage.setItem("tell", "cannot");
    showTelling();
  }
}

on("click", "[data-tell]", async () => {
  if (await Notification.requestPermission() === "granted") localStorage.setItem("tell", "on");
  showTelling();
});
on("job:changed", "[data-told]", ({ dataset }, { detail }) => {
  if (!detail.ended || told.has(dataset.job)) return;
  told.add(dataset.job);
  say(dataset.told);
  if (!document.hidden) return;
  document.title = `(${unseen += 1}) ${dataset.told}`;
  if (showTelling()) notify(dataset.told, dataset.job);
});
showTelling();
