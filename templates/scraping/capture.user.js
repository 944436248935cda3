// ==UserScript==
// @name         Ranking Shorts Studio: {{ host }}
// @namespace    {{ host }}
// @version      1.0
// @description  Brings the TikTok results that you see to your studio, with their numbers, when you press its button.
// @match        https://www.tiktok.com/*
// @run-at       document-start
// @grant        unsafeWindow
// @grant        GM_xmlhttpRequest
// @grant        GM_getValue
// @grant        GM_setValue
// @connect      {{ hostname }}
// @noframes
// ==/UserScript==
(() => {
"use strict";
{% include "scraping/capture-collect.js" %}
const words = {{ words|safe }};
const first = "{{ token }}"; // good for one time; each answer of the studio brings the next one
const page = typeof unsafeWindow === "undefined" ? window : unsafeWindow;
const seen = new Map(); // posts of the answers that the page itself loaded, exact
const ANSWERS = /\/api\/(search\/(general|item)\/full|challenge\/item_list|post\/item_list|recommend\/item_list)/;
let token = typeof GM_getValue === "undefined" ? first : GM_getValue(first, first);
let button = null;

const read = (address, text) => {
  try {
    if (ANSWERS.test(address) && text) studioCapture.gather(JSON.parse(text), seen);
  } catch { /* no JSON: TikTok refused the page itself */ }
  show();
};

const fetched = page.fetch;
page.fetch = function (...given) {
  const answer = fetched.apply(this, given);
  const address = String(given[0]?.url ?? given[0]);
  if (ANSWERS.test(address)) answer.then((got) => got.clone().text()).then((text) => read(address, text)).catch(() => {});
  return answer;
};
const opened = page.XMLHttpRequest.prototype.open;
page.XMLHttpRequest.prototype.open = function (method, address, ...more) {
  if (ANSWERS.test(String(address))) this.addEventListener("load", () => read(String(address), typeof this.response === "string" ? this.response : ""));
  return opened.call(this, method, address, ...more);
};

const keep = (answer) => {
  if (!answer.next) return;
  token = answer.next;
  if (typeof GM_setValue !== "undefined") GM_setValue(first, token);
};

// Past the page's own rules where the browser's script manager can, else as the page itself may.
const post = (body) => {
  const address = words.studio + words.take;
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  if (typeof GM_xmlhttpRequest === "undefined") {
    return fetch(address, { method: "POST", headers, body, credentials: "omit" }).then((answer) => answer.json());
  }
  return new Promise((done, fail) => GM_xmlhttpRequest({
    method: "POST", url: address, headers, data: body, anonymous: true, onerror: fail, ontimeout: fail, timeout: 20000,
    onload: (answer) => done(JSON.parse(answer.responseText)),
  }));
};

const send = async () => {
  const load = studioCapture.collect(seen);
  if (load.items.length + load.cards.length === 0) return alert(words.none);
  button.disabled = true;
  try {
    const answer = await post(JSON.stringify(load));
    keep(answer);
    if (answer.error) throw new Error(answer.error);
    button.textContent = words.sent.replace("[n]", answer.found);
    window.open(answer.url, "_blank", "noopener");
  } catch {
    studioCapture.byWindow(words, load); // the page's rules, or the token: the studio's own window needs neither
  } finally {
    button.disabled = false;
  }
};

const show = () => {
  if (!document.body) return;
  if (!button) {
    const box = document.createElement("div");
    button = document.createElement("button");
    button.style.cssText = "position:fixed;right:16px;bottom:16px;z-index:2147483647;min-height:44px;padding:0 18px;border:0;border-radius:22px;background:#111;color:#fff;font:600 15px sans-serif;box-shadow:0 2px 12px #0006;cursor:pointer";
    button.addEventListener("click", send);
    box.id = "ranking-studio";
    box.attachShadow({ mode: "open" }).append(button);
    document.body.append(box);
  }
  button.textContent = seen.size ? `${words.send} (${seen.size})` : words.send;
};
document.addEventListener("DOMContentLoaded", show);
})();
