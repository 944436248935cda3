// The window that the bookmark opens: it asks the TikTok page for its results and hands them in, once.
"use strict";

const receiver = document.querySelector("[data-take]");
const origins = receiver.dataset.origins.split(" ");
const state = (name, words) => {
  receiver.dataset.state = name;
  receiver.querySelector("[role=status]").textContent = words;
};

async function handIn(load) {
  state("sending", receiver.dataset.sending.replace("[n]", load.items.length + load.cards.length));
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${receiver.dataset.token}` };
  try {
    const sent = await fetch(receiver.dataset.take, { method: "POST", headers, body: JSON.stringify(load), credentials: "omit" });
    const answer = await sent.json();
    if (answer.url) location.replace(answer.url);
    else state("refused", answer.error);
  } catch {
    state("refused", receiver.dataset.failed);
  }
}

window.addEventListener("message", (event) => {
  const load = event.data?.capture;
  if (receiver.dataset.state !== "waiting" || !origins.includes(event.origin) || event.source !== window.opener) return;
  if (Array.isArray(load?.items) && Array.isArray(load?.cards)) handIn(load);
});
// It holds nothing secret, so it may go to whoever opened this window; what comes back is looked at above.
window.opener?.postMessage("studio-ready", "*");
setTimeout(() => {
  if (receiver.dataset.state === "waiting") state("nothing", receiver.dataset.nothing);
}, 6000);
