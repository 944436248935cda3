// Live jobs: one WebSocket per active job on the page, asking anew by GET while its socket is not open.
// The server sends the job's whole partial, which is morphed in: a playing video or a focused field stays as it is.
"use strict";

const jobSockets = new Map(); // key of job and view -> {socket, tries}
const ACTIVE = new Set(["queued", "running"]);
const POLL_SECONDS = 4;
const OPEN = 1; // readyState of a WebSocket

function jobRoots() {
  return [...document.querySelectorAll("[data-job], [data-live]")].filter((root) => root.dataset.live || ACTIVE.has(root.dataset.status));
}

// What the person did to the page is not undone by a newer state of the same partial.
Idiomorph.defaults.ignoreActiveValue = true;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
  !((name === "checked" && element.type === "checkbox" && !element.closest(".settings-form")) || (name === "open" && element.tagName === "DETAILS"));

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
function keyOf(root) {
  return root.dataset.live || `jobs/${root.dataset.job}/${root.dataset.query ? `?${root.dataset.query}` : ""}`;
}

function connect(id, tries) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/ws/${id}`);
  const held = { socket, tries };
  jobSockets.set(id, held);
  socket.addEventListener("open", () => { held.tries = 0; });
  socket.addEventListener("message", (event) => { showJob(event.data); watchJobs(); });
  socket.addEventListener("close", () => {
    if (jobSockets.get(id) !== held) return;
    const wait = Math.random() * 1000 * 2 ** Math.min(held.tries, 5);
    setTimeout(() => {
      if (jobSockets.get(id) !== held) return;
      jobSockets.delete(id);
      if (jobRoots().some((root) => keyOf(root) === id)) connect(id, held.tries + 1);
    }, wait);
  });
}

function watchJobs() {
  const wanted = new Set(jobRoots().map(keyOf));
  for (const [id, held] of jobSockets) {
    if (wanted.has(id)) continue;
    jobSockets.delete(id);
    held.socket.close();
  }
  for (const id of wanted) if (!jobSockets.has(id)) connect(id, 0);
}

async function askAgain(root) {
  try {
    const answer = await fetch(root.dataset.url, { headers: { "HX-Request": "true" } });
    if (answer.ok) showJob(await answer.text());
    alarm(answer.ok || answer.status === 404 ? "" : document.body.dataset.offline);
  } catch {
    alarm(document.body.dataset.offline);
  }
  watchJobs();
}

function alarm(text) {
  const box = document.getElementById("alarm");
  box.textContent = text;
  box.hidden = !text;
}

setInterval(() => {
  for (const root of jobRoots()) {
    const held = jobSockets.get(keyOf(root));
    if (!held || held.socket.readyState !== OPEN) askAgain(root);
    else if (root.dataset.status === "queued") held.socket.send("?"); // its place in the line moves without it
  }
}, POLL_SECONDS * 1000);

// A tab that slept may have missed messages: any message makes the server answer with the present state.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const { socket } of jobSockets.values()) if (socket.readyState === OPEN) socket.send("?");
});

document.addEventListener("DOMContentLoaded", watchJobs);
document.addEventListener("htmx:afterSettle", watchJobs);
