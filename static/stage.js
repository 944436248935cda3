// The stage: the chosen clip, or the whole film as it will be, under the film's own pictures. The server tells what is
// shown and heard when (#timeline) and draws the art of each piece; two videos take turns, so that a cut does not wait.
"use strict";

const stage = { box: $("#stage"), entry: null, start: 0, end: Infinity };
// `at` is the second of the film; `alone` where one rank's part goes round by itself; `timed` where art comes and goes;
// `fresh` until somebody chose a moment: then the film begins at its beginning.
const film = { pieces: [], sounds: [], piece: null, at: 0, playing: false, alone: false, timed: false, fresh: true, drawn: 0 };
const boards = new Map(); // address -> what the server drew, asked for once as long as the board stays
const players = new Map(); // address of a sound -> what plays it

const clip = () => $(".clip", stage.box);
const rowOf = (entry) => document.getElementById(`entry-${entry}`);
const isOn = (name) => $(`[data-remember][name=${name}]`).checked;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// --- The art of a piece -------------------------------------------------------------------------------------------------
function boardOf(piece) {
  const address = `${stage.box.dataset.board}?${piece?.entry ? `entry=${piece.entry}&piece=${piece.kind}` : ""}`;
  if (!boards.has(address)) {
    const answer = fetch(address, { headers: { "HX-Request": "true" } });
    const drawn = answer.then((board) => (board.ok ? board.text() : Promise.reject(board)));
    boards.set(address, drawn);
    drawn.catch(() => { if (boards.get(address) === drawn) boards.delete(address); });
  }
  return boards.get(address);
}

async function loadBoard() {
  const wanted = boardOf(film.piece);
  const html = await wanted.catch((answer) => (answer.status ? heed(answer.status) : alarm(document.body.dataset.offline)));
  if (html === undefined || boardOf(film.piece) !== wanted) return; // another rank, or another label, came meanwhile
  Idiomorph.morph($("#art"), html, { morphStyle: "innerHTML" });
  stage.box.setAttribute("style", $("#stage-frame").dataset.style);
  paint();
}

async function prepareBoard(piece) {
  const html = await boardOf(piece).catch(() => "");
  for (const [, address] of html.matchAll(/src="([^"]+)"/g)) new Image().src = address;
}

// --- The picture: blur around the clip, the clip along its camera's path, the head on its way ----------------------------
function drawBlur(source, wide, tall, near = 1) {
  const canvas = $(".blur", stage.box), scale = near * Math.max(canvas.width / wide, canvas.height / tall);
  const [w, h] = [wide * scale, tall * scale];
  canvas.getContext("2d").drawImage(source, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
}

// Where the camera of a smart crop stands at a second of the video: 0 at the left or top, 1 at the right or bottom.
function cameraPlace(second) {
  const keys = film.piece?.camera ?? [], next = keys.findIndex(([time]) => time > second);
  if (next < 1) return (keys.at(next) ?? [0, 0.5])[1];
  const [from, at] = keys[next - 1], [to, there] = keys[next];
  return at + ((there - at) * (second - from)) / (to - from);
}

function paint() {
  const video = clip(), { piece } = film, since = film.at - (piece?.at ?? 0);
  const near = piece?.zoom + piece?.nearer * (since / piece?.seconds) || 1; // a piece of the timeline has them
  if (video.readyState > 1) drawBlur(video, video.videoWidth, video.videoHeight, near);
  const moment = film.timed ? since : $("#art .layer-reason") ? Infinity : 0; // at rest what is written shows
  for (const layer of $$("#art img")) {
    const { comes = 0, leaves = Infinity } = layer.dataset, unread = film.timed && !piece?.reason;
    layer.hidden = moment < comes || moment > leaves || (unread && layer.matches(".layer-reason"));
  }
  const place = `${(100 * cameraPlace(video.currentTime)).toFixed(2)}%`;
  video.style.objectPosition = video.classList.contains("contain") ? "" : `${place} ${place}`;
  paintMasks();
  const seek = $("[data-film=seek]"), length = film.alone ? stage.end - stage.start : Number(seek.max);
  const now = film.alone ? video.currentTime - stage.start : film.at;
  if (document.activeElement !== seek || film.playing) seek.value = film.at;
  seek.setAttribute("aria-valuetext", `${piece?.words ?? ""} ${clock(film.at)}`);
  $("[data-film=time]").textContent = `${clock(Math.max(now, 0))} / ${clock(Number.isFinite(length) ? length : video.duration || 0)}`;
}

// --- Which rank is on the stage -------------------------------------------------------------------------------------------
function readEntry(row) {
  const video = clip();
  [stage.start, stage.end] = shownPart(row, row.dataset.start, row.dataset.end);
  video.classList.toggle("contain", ["contain", "bars"].includes(row.dataset.fit));
  video.volume = Math.min(parseFloat(row.dataset.volume), 1);
  stage.box.classList.toggle("plain", row.dataset.fit === "bars");
}

function load(video, row, second) {
  const src = row?.dataset.src ?? "";
  if (video.getAttribute("src") !== src) {
    video.poster = row?.dataset.cover ?? "";
    if (src) video.src = src;
    else if (video.hasAttribute("src")) { video.removeAttribute("src"); video.load(); } // else it keeps its last picture
  }
  if (src && Math.abs(video.currentTime - second) > 0.02) video.currentTime = second; // holds before it is loaded too
}

// The video that waits comes forward where it holds the piece already; then it waits for the piece after this one.
function enter(piece, since = 0) {
  const row = rowOf(piece.entry), [video, spare] = [clip(), $(".spare", stage.box)], second = piece.start + since;
  const other = stage.entry !== String(piece.entry) || film.piece?.kind !== piece.kind;
  const waits = spare.hasAttribute("src") && spare.getAttribute("src") === row?.dataset.src;
  if (piece.kind !== "card" && waits && Math.abs(spare.currentTime - second) < 0.1) {
    video.pause();
    video.className = "spare";
    spare.className = "clip";
  } else if (piece.kind !== "card" || other) load(video, row, piece.kind === "card" ? piece.start - 0.05 : second);
  Object.assign(film, { piece, at: piece.at + since });
  stage.entry = String(piece.entry);
  stage.box.dataset.piece = piece.kind;
  const blur = $(".blur", stage.box), cover = row?.dataset.cover; // the cover stands there until the clip is drawn
  Object.assign(blur, piece.kind === "hook" ? { width: 18, height: 32 } : { width: 54, height: 96 });
  blur.style.backgroundImage = cover ? `url("${cover}")` : "";
  $$(".entry.shown").forEach((shown) => shown.classList.toggle("shown", shown === row));
  row?.classList.add("shown");
  stage.box.classList.toggle("loaded", Boolean(row?.dataset.src || cover));
  if (row) readEntry(row);
  if (other) loadBoard();
  if (film.playing) run(true);
  const next = film.pieces[film.pieces.indexOf(piece) + 1];
  if (!film.playing || film.alone || !next) return;
  prepareBoard(next);
  if (next.kind !== "card") load($(".spare", stage.box), rowOf(next.entry), next.start);
}

const pieceAt = (at) => film.pieces.findLast((piece) => piece.at <= at + 0.001) ?? film.pieces[0];

function showEntry(row, alone = false) {
  if (!row) return;
  const other = stage.entry !== row.dataset.entry || film.piece.kind !== "clip";
  if (alone || (other && !film.playing)) {
    film.fresh = stage.entry === null; // nobody chose what is shown first
    const [start, end] = shownPart(row, row.dataset.start, row.dataset.end);
    Object.assign(film, { alone, timed: false });
    const bare = { kind: "clip", name: `clip ${row.dataset.entry}`, entry: row.dataset.entry, at: film.at, volume: 1 };
    const filmed = film.pieces.find((piece) => piece.name === bare.name);
    enter({ ...bare, seconds: end - start, ...filmed, start });
    if (alone) run(true);
  } else if (stage.entry === row.dataset.entry) {
    readEntry(row);
    if (!clip().hasAttribute("src")) load(clip(), row, stage.start); // it has just arrived
  }
}

function keepStage() {
  const row = (stage.entry && rowOf(stage.entry)) || $(".entry");
  if (row) showEntry(row);
  else loadBoard();
}

// --- Playing ----------------------------------------------------------------------------------------------------------------
function run(on) {
  const video = clip(), moving = on && film.piece && video.hasAttribute("src") && film.piece.kind !== "card";
  video.muted = !isOn("sound");
  if (moving) video.play().catch((error) => { if (error.name === "NotAllowedError") run(false); });
  else video.pause();
  if (on && !film.playing) requestAnimationFrame(goOn);
  Object.assign(film, { playing: on, drawn: performance.now() });
  hear();
  $("[data-film=play]").classList.toggle("playing", on);
  $("[data-film=play]").setAttribute("aria-label", $("[data-film=play]").dataset[on ? "pause" : "play"]);
}

function goOn(now) {
  const video = clip(), { piece } = film, gone = (now - film.drawn) / 1000;
  if (!film.playing) return;
  film.drawn = now;
  if (film.alone) {
    if (video.ended || video.currentTime >= stage.end - 0.02 || video.currentTime < stage.start - 0.3) {
      video.currentTime = stage.start;
      if (video.ended) run(true);
    }
    film.at = piece.at + Math.min(Math.max(video.currentTime - stage.start, 0), piece.seconds - 0.05);
  } else {
    if (piece.kind === "card" || video.error || !video.hasAttribute("src")) film.at += gone;
    else if (video.ended) film.at = piece.at + piece.seconds;
    else if (!video.seeking) film.at = piece.at + Math.max(video.currentTime - piece.start, 0);
    if (film.at >= piece.at + piece.seconds - 0.01) {
      const next = film.pieces[film.pieces.indexOf(piece) + 1];
      if (next) enter(next);
      else run(false);
    }
  }
  hear();
  paint();
  requestAnimationFrame(goOn);
}

// The opening's sound, voices and music; what is not to be heard now is silent, what drifts is set right.
function hear() {
  let over = 1;
  for (const { url, at, seconds, start, volume, over: under } of film.sounds) {
    const since = film.at - at, player = players.get(url);
    if (!film.playing || film.alone || !isOn("sound") || since < 0 || since >= seconds) { player.pause(); continue; }
    over = Math.min(over, under);
    player.volume = Math.min(volume ?? film.piece.bed, 1);
    const place = player.duration ? (start + since) % player.duration : start + since;
    if (Math.abs(player.currentTime - place) > 0.3) player.currentTime = place;
    if (player.paused) player.play().catch(() => {}); // a picture without its music goes on
  }
  if (!film.alone) clip().volume = (film.piece?.volume ?? 1) * over;
}

function seekTo(at) {
  const piece = pieceAt(at);
  if (!piece) return;
  Object.assign(film, { alone: false, timed: true, fresh: false });
  enter(piece, Math.min(Math.max(at - piece.at, 0), piece.seconds));
  hear();
  paint();
}

// Back goes to where this rank begins, or where it has just begun to the one before.
function stepRank(by) {
  const stops = film.pieces.filter((piece) => piece.begins);
  const next = by > 0 ? stops.find((piece) => piece.at > film.at + 0.05) : stops.findLast((piece) => piece.at < film.at - 1);
  seekTo((next ?? (by > 0 ? stops.at(-1) : stops[0]))?.at);
}

// The finished film lies far below the stage: the key plays the one of the two that is seen.
function playFilm() {
  const made = $("#film video"), off = (it) => Math.abs(it.getBoundingClientRect().top + it.offsetHeight / 2 - innerHeight / 2);
  if (made && off(made) < off(stage.box)) return made.paused ? made.play() : made.pause();
  made?.pause();
  if (film.playing) return run(false);
  if (!film.pieces.length) return showEntry(rowOf(stage.entry), true);
  const anew = film.fresh || film.at >= Number($("[data-film=seek]").max) - 0.05;
  run(true);
  seekTo(anew ? 0 : film.at);
}

// What was edited may have moved what is played: the film goes on at the same moment of the same piece.
function readTimeline() {
  const told = $("#timeline").dataset.line, since = film.at - (film.piece?.at ?? 0);
  if (!told) return;
  Object.assign(film, JSON.parse(told));
  for (const { url } of film.sounds) if (!players.has(url)) players.set(url, new Audio(url));
  for (const [url, player] of players) if (!film.sounds.some((sound) => sound.url === url)) player.pause();
  const old = film.piece, same = old && film.pieces.find((piece) => piece.name === old.name);
  const offset = Math.min(Math.max(since, 0), same?.seconds ?? 0);
  if (same && (film.alone || old.start === same.start)) Object.assign(film, { piece: same, at: same.at + offset });
  else if (film.pieces.length) enter(same ?? pieceAt(film.at), offset);
  paint();
}

if (stage.box) {
  for (const field of $$("[data-remember]")) {
    const what = field.type === "checkbox" ? "checked" : "value", kept = localStorage.getItem(field.name);
    if (kept !== null) field[what] = JSON.parse(kept);
    field.addEventListener("change", () => {
      localStorage.setItem(field.name, JSON.stringify(field[what]));
      clip().muted = !isOn("sound");
    });
  }
  for (const name of ["timeupdate", "seeked", "loadeddata", "resize"]) stage.box.addEventListener(name, paint, true);
  on("input", "[data-film=seek]", ({ value }) => seekTo(Number(value)));
  on("click", "[data-film=play]", playFilm);
  on("click", ".film-done a:not([download])", () => $("#film video").play());
  on("play", "#film video", () => run(false), true); // and never both
  on("click", "[data-film=back]", () => stepRank(-1));
  on("click", "[data-film=on]", () => stepRank(1));
  on("click", ".entry", (row, { target }) => showEntry(row, Boolean(target.closest("[data-show]"))));
  on("focusin", ".entry", (row) => showEntry(row));
  document.addEventListener("visibilitychange", () => { if (document.hidden && film.playing) run(false); });
  document.addEventListener("board-changed", () => { boards.clear(); loadBoard(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "ranking") keepStage();
    if (event.target.id === "timeline") readTimeline();
  });
  document.addEventListener("DOMContentLoaded", keepStage);
}
