// The stage shows a smart crop as it is filmed: the server tells the camera's path, the picture is shifted along it.
"use strict";

const camera = { entry: null, keys: [], asked: 0 };

// Where the camera stands at a second of the video: 0 at the left or top, 1 at the right or bottom.
function cameraPlace(second) {
  const keys = camera.entry === stage.entry ? camera.keys : [];
  const next = keys.findIndex(([time]) => time > second);
  if (!keys.length) return 0.5;
  if (next === 0) return keys[0][1];
  if (next < 0) return keys[keys.length - 1][1];
  const [from, at] = keys[next - 1], [to, there] = keys[next];
  return at + ((there - at) * (second - from)) / (to - from);
}

function paintStage() {
  const video = $(".clip", stage.box), place = `${(100 * cameraPlace(video.currentTime)).toFixed(2)}%`;
  video.style.objectPosition = video.classList.contains("contain") ? "" : `${place} ${place}`;
  document.dispatchEvent(new CustomEvent("stage:painted"));
}

async function askCamera(row, tries = 50) {
  const asked = ++camera.asked;
  camera.entry = row.dataset.entry;
  camera.keys = [];
  while (row.dataset.fit === "smart" && tries-- > 0 && asked === camera.asked) {
    const answer = await fetch(row.dataset.camera, { headers: { Accept: "application/json" } }).catch(() => null);
    if (asked !== camera.asked) return;
    if (answer?.status === 200) {
      camera.keys = (await answer.json()).keys;
      break;
    }
    if (answer?.status !== 202) break;
    await new Promise((resolve) => setTimeout(resolve, 1200));
  }
  paintStage();
}

if (stage.box) {
  const video = $(".clip", stage.box);
  const follow = () => {
    paintStage();
    if (!video.paused) requestAnimationFrame(follow);
  };
  video.addEventListener("play", follow);
  ["timeupdate", "seeked", "loadeddata", "resize"].forEach((name) => video.addEventListener(name, paintStage));
  document.addEventListener("stage:entry", (event) => {
    const row = event.detail;
    stage.box.classList.toggle("plain", row.dataset.fit === "bars");
    const wanted = [row.dataset.entry, row.dataset.fit, row.dataset.start, row.dataset.end].join();
    if (camera.wanted !== wanted) {
      camera.wanted = wanted;
      if (row.dataset.fit === "smart") askCamera(row);
      else { camera.asked++; camera.keys = []; }
    }
    paintStage();
  });
  // What was saved may be another part or another fit: the path is asked for again once the server knows.
  document.addEventListener("htmx:afterRequest", (event) => {
    const row = event.target.matches?.(".cut-form, .masks-form") && event.target.closest(".entry");
    if (row && event.detail.successful && row.dataset.entry === stage.entry && row.dataset.fit === "smart") askCamera(row);
  });
  document.addEventListener("board-changed", () => {
    const row = stage.entry && document.getElementById(`entry-${stage.entry}`);
    if (row?.dataset.fit === "smart") askCamera(row);
  });
}
