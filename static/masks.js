// Blurred areas: painted over the stage where they will be filmed, drawn there, and moved by mouse, finger or keys.
// The number fields of the form hold them (percent of the video's own picture); all else follows from the fields.
"use strict";

const masks = { box: $("#stage-masks"), drawing: false, held: null };

function maskRow() {
  return stage.entry && document.getElementById(`entry-${stage.entry}`);
}

function maskFields() {
  const row = maskRow();
  return row ? $$(".masks-form > [data-mask]", row) : [];
}

function maskValue(field, name) {
  const value = parseFloat($(`[name=${name}]`, field).value);
  return Number.isFinite(value) ? value : null;
}

// Where the whole picture of the video lies on the stage's frame, in pixels; parts of it may lie outside.
function pictureRect() {
  const video = $(".clip", stage.box), wide = video.clientWidth, tall = video.clientHeight;
  if (!video.videoWidth) return null;
  const ratios = [wide / video.videoWidth, tall / video.videoHeight];
  const whole = video.classList.contains("contain");
  const scale = whole ? Math.min(...ratios) : Math.max(...ratios);
  const width = video.videoWidth * scale, height = video.videoHeight * scale;
  const place = whole ? 0.5 : cameraPlace(video.currentTime);
  return { left: (wide - width) * place, top: (tall - height) * place, width, height };
}

function paintMasks() {
  if (!masks.box) return;
  const fields = maskFields(), rect = pictureRect(), open = Boolean($(".masks-box[open]", maskRow() || document));
  while (masks.box.children.length > fields.length) masks.box.lastChild.remove();
  while (masks.box.children.length < fields.length) masks.box.append(maskTile());
  const time = $(".clip", stage.box).currentTime;
  fields.forEach((field, place) => {
    const tile = masks.box.children[place];
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => maskValue(field, name));
    tile.hidden = !rect || [x, y, width, height].includes(null);
    if (tile.hidden) return;
    const from = maskValue(field, "start") ?? 0, to = maskValue(field, "end") ?? Infinity;
    tile.classList.toggle("off", time < from || time >= to);
    tile.classList.toggle("open", open);
    tile.tabIndex = open ? 0 : -1;
    tile.setAttribute("aria-label", $("legend", field).textContent);
    Object.assign(tile.style, {
      left: `${rect.left + (rect.width * x) / 100}px`, top: `${rect.top + (rect.height * y) / 100}px`,
      width: `${(rect.width * width) / 100}px`, height: `${(rect.height * height) / 100}px`,
    });
    tile.style.setProperty("--grain", `${Math.max(3, (Math.min(width * rect.width, height * rect.height) / 100) * 0.22)}px`);
  });
}

function maskTile() {
  const tile = document.createElement("div");
  tile.className = "mask-tile";
  tile.setAttribute("role", "group");
  tile.append(Object.assign(document.createElement("i"), { className: "mask-corner" }));
  return tile;
}

function setMask(field, values) {
  const size = (name) => Math.min(Math.max(values[name], 2), 100);
  const width = size("width"), height = size("height");
  const all = { width, height, x: Math.min(Math.max(values.x, 0), 100 - width), y: Math.min(Math.max(values.y, 0), 100 - height) };
  for (const [name, value] of Object.entries(all)) $(`[name=${name}]`, field).value = Math.round(value * 10) / 10;
  paintMasks();
}

function sendMasks(field) {
  $("[name=x]", field).dispatchEvent(new Event("change", { bubbles: true }));
}

function addMask(form) {
  const template = $("template", form);
  if (!template) return null;
  template.before(template.content.cloneNode(true));
  return $$("[data-mask]", form).findLast((field) => field.parentElement === form);
}

function draw(on) {
  masks.drawing = on;
  stage.box.classList.toggle("drawing", on);
  const button = $("[data-draw]", maskRow() || document);
  if (button) button.setAttribute("aria-pressed", String(on));
  if (on) {
    $(".clip", stage.box).pause();
    stage.box.scrollIntoView({ block: "nearest" });
    say(button.dataset.hint);
  }
}

// --- Mouse and finger ---------------------------------------------------------------------------------------------------
function pointOn(event) {
  const frame = masks.box.getBoundingClientRect(), rect = pictureRect();
  return rect && { x: (100 * (event.clientX - frame.left - rect.left)) / rect.width, y: (100 * (event.clientY - frame.top - rect.top)) / rect.height };
}

function grabMask(event) {
  const point = pointOn(event), tile = event.target.closest(".mask-tile");
  if (!point || event.button > 0) return;
  const fields = maskFields();
  if (masks.drawing) {
    const field = addMask($(".masks-form", maskRow()));
    if (!field) return draw(false);
    masks.held = { field, kind: "draw", from: point };
    setMask(field, { ...point, width: 2, height: 2 });
  } else if (tile?.classList.contains("open")) {
    const field = fields[[...masks.box.children].indexOf(tile)];
    const at = Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, maskValue(field, name)]));
    masks.held = { field, kind: event.target.matches(".mask-corner") ? "size" : "move", from: point, at };
    tile.focus();
  } else return;
  masks.box.setPointerCapture(event.pointerId);
  event.preventDefault();
}

function dragMask(event) {
  const { field, kind, from, at } = masks.held || {};
  const point = field && pointOn(event);
  if (!point) return;
  const inside = (value) => Math.min(Math.max(value, 0), 100);
  if (kind === "draw") {
    const [x, y] = [inside(from.x), inside(from.y)], [u, v] = [inside(point.x), inside(point.y)];
    setMask(field, { x: Math.min(x, u), y: Math.min(y, v), width: Math.abs(u - x), height: Math.abs(v - y) });
  } else if (kind === "move") {
    setMask(field, { ...at, x: at.x + point.x - from.x, y: at.y + point.y - from.y });
  } else {
    setMask(field, { ...at, width: at.width + point.x - from.x, height: at.height + point.y - from.y });
  }
}

function dropMask() {
  if (!masks.held) return;
  const { field } = masks.held;
  masks.held = null;
  draw(false);
  sendMasks(field);
}

// --- Keys: arrows move a focused area, with Shift they size it, Delete takes it away ------------------------------------
function keyMask(event) {
  const tile = event.target.closest(".mask-tile");
  const field = tile && maskFields()[[...masks.box.children].indexOf(tile)];
  if (!field) return;
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "Delete" || event.key === "Backspace") {
    const remove = $("[name=without]", field);
    if (remove) remove.click();
  } else if (step) {
    const at = Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, maskValue(field, name)]));
    const [across, down] = event.shiftKey ? ["width", "height"] : ["x", "y"];
    setMask(field, { ...at, [across]: at[across] + step[0], [down]: at[down] + step[1] });
    sendMasks(field);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

if (masks.box) {
  masks.box.addEventListener("pointerdown", grabMask);
  masks.box.addEventListener("pointermove", dragMask);
  masks.box.addEventListener("pointerup", dropMask);
  masks.box.addEventListener("pointercancel", dropMask);
  masks.box.addEventListener("keydown", keyMask);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && masks.drawing) draw(false); });
  document.addEventListener("click", (event) => {
    const form = event.target.closest(".masks-form");
    if (form && event.target.closest("[data-draw]")) draw(!masks.drawing);
    if (form && event.target.closest("[data-add]")) {
      const field = addMask(form);
      if (field) { setMask(field, { x: 30, y: 80, width: 40, height: 10 }); sendMasks(field); $("[name=x]", field).focus(); }
    }
  });
  document.addEventListener("input", (event) => { if (event.target.closest(".masks-form")) paintMasks(); });
  document.addEventListener("toggle", (event) => { if (event.target.matches?.(".masks-box")) { paintMasks(); if (!event.target.open) draw(false); } }, true);
  document.addEventListener("stage:painted", paintMasks);
  document.addEventListener("htmx:afterSettle", paintMasks);
  new ResizeObserver(paintMasks).observe(masks.box);
}
