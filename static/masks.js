// Blurred areas: painted over the stage where they will be filmed, drawn there, and moved by mouse, finger or keys.
// The number fields of the form hold them (percent of the video's own picture); all else follows from the fields.
"use strict";

const masks = { box: $("#stage-masks"), drawing: false, held: null };
const TILE = '<div class="mask-tile" role="group"><i class="mask-corner"></i></div>';
const PLACES = ["x", "y", "width", "height"];

const maskRow = () => (stage.entry && rowOf(stage.entry)) || document.createElement("i");
const maskFields = () => $$(".masks-form > [data-mask]", maskRow());
const fieldOf = (tile) => maskFields()[[...masks.box.children].indexOf(tile)];

function maskValue(field, name) {
  const value = parseFloat($(`[name=${name}]`, field).value);
  return Number.isFinite(value) ? value : null;
}

const placeOf = (field) => Object.fromEntries(PLACES.map((name) => [name, maskValue(field, name)]));

// The box lies over the whole picture of the video, parts of which may be outside of the stage's frame.
function coverPicture() {
  const video = clip(), [wide, tall] = [video.clientWidth, video.clientHeight];
  masks.box.hidden = !video.videoWidth;
  if (masks.box.hidden) return;
  const ratios = [wide / video.videoWidth, tall / video.videoHeight], whole = video.classList.contains("contain");
  const scale = (whole ? Math.min : Math.max)(...ratios), place = whole ? 0.5 : cameraPlace(video.currentTime);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  const at = { left: (wide - width) * place, top: (tall - height) * place, width, height };
  for (const [side, pixels] of Object.entries(at)) masks.box.style[side] = `${pixels}px`;
}

function paintMasks() {
  const fields = maskFields(), open = Boolean($(".masks-box[open]", maskRow())), time = clip().currentTime;
  coverPicture();
  while (masks.box.children.length > fields.length) masks.box.lastChild.remove();
  while (masks.box.children.length < fields.length) masks.box.insertAdjacentHTML("beforeend", TILE);
  fields.forEach((field, number) => {
    const tile = masks.box.children[number], { x, y, width, height } = placeOf(field);
    tile.hidden = [x, y, width, height].includes(null);
    tile.classList.toggle("off", time < (maskValue(field, "start") ?? 0) || time >= (maskValue(field, "end") ?? Infinity));
    tile.classList.toggle("open", open);
    tile.tabIndex = open ? 0 : -1;
    tile.setAttribute("aria-label", $("legend", field).textContent);
    Object.assign(tile.style, { left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%` });
  });
}

function setMask(field, values) {
  const size = (name) => Math.min(Math.max(values[name], 2), 100), [width, height] = [size("width"), size("height")];
  const inside = (name, side) => Math.min(Math.max(values[name], 0), 100 - side);
  const all = { width, height, x: inside("x", width), y: inside("y", height) };
  for (const [name, value] of Object.entries(all)) $(`[name=${name}]`, field).value = Math.round(value * 10) / 10;
  paintMasks();
}

const sendMasks = (field) => $("[name=x]", field).dispatchEvent(new Event("change", { bubbles: true }));

function addMask(form) {
  const template = $("template", form);
  template?.before(template.content.cloneNode(true));
  return template && $$("[data-mask]", form).findLast((field) => field.parentElement === form);
}

function draw(on) {
  const button = $("[data-draw]", maskRow());
  masks.drawing = on;
  stage.box.classList.toggle("drawing", on);
  button?.setAttribute("aria-pressed", String(on));
  if (!on) return;
  run(false);
  stage.box.scrollIntoView({ block: "nearest" });
  say(button.dataset.hint);
}

// --- Mouse and finger ---------------------------------------------------------------------------------------------------
function pointOn(event) {
  const { left, top, width, height } = masks.box.getBoundingClientRect();
  return { x: (100 * (event.clientX - left)) / width, y: (100 * (event.clientY - top)) / height };
}

function grabMask(event) {
  const from = pointOn(event), tile = event.target.closest(".mask-tile");
  if (event.button > 0) return;
  if (masks.drawing) {
    const field = addMask($(".masks-form", maskRow()));
    if (!field) return draw(false);
    masks.held = { field, kind: "draw", from };
    setMask(field, { ...from, width: 2, height: 2 });
  } else if (tile?.classList.contains("open")) {
    const field = fieldOf(tile), kind = event.target.matches(".mask-corner") ? "size" : "move";
    masks.held = { field, kind, from, at: placeOf(field) };
    tile.focus();
  } else return;
  masks.box.setPointerCapture(event.pointerId);
  event.preventDefault();
}

function dragMask(event) {
  if (!masks.held) return;
  const { field, kind, from, at } = masks.held, to = pointOn(event), [right, down] = [to.x - from.x, to.y - from.y];
  if (kind === "move") return setMask(field, { ...at, x: at.x + right, y: at.y + down });
  if (kind === "size") return setMask(field, { ...at, width: at.width + right, height: at.height + down });
  const inside = (value) => Math.min(Math.max(value, 0), 100);
  const [x, y, u, v] = [from.x, from.y, to.x, to.y].map(inside);
  setMask(field, { x: Math.min(x, u), y: Math.min(y, v), width: Math.abs(u - x), height: Math.abs(v - y) });
}

function dropMask() {
  const field = masks.held?.field;
  masks.held = null;
  if (!field) return;
  draw(false);
  sendMasks(field);
}

// --- Keys: arrows move a focused area, with Shift they size it, Delete takes it away ------------------------------------
function keyMask(event) {
  const field = fieldOf(event.target.closest(".mask-tile"));
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const removes = ["Delete", "Backspace"].includes(event.key);
  if (!field || !(step || removes)) return;
  event.preventDefault();
  event.stopPropagation();
  if (removes) return $("[name=without]", field)?.click();
  const at = placeOf(field), [across, down] = event.shiftKey ? ["width", "height"] : ["x", "y"];
  setMask(field, { ...at, [across]: at[across] + step[0], [down]: at[down] + step[1] });
  sendMasks(field);
}

if (masks.box) {
  const heard = { pointerdown: grabMask, pointermove: dragMask, pointerup: dropMask, pointercancel: dropMask, keydown: keyMask };
  for (const [name, listener] of Object.entries(heard)) masks.box.addEventListener(name, listener);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && masks.drawing) draw(false); });
  on("click", ".masks-form [data-draw]", () => draw(!masks.drawing));
  on("click", ".masks-form [data-add]", (button) => {
    const field = addMask(button.form);
    if (!field) return;
    setMask(field, { x: 30, y: 80, width: 40, height: 10 });
    sendMasks(field);
    $("[name=x]", field).focus();
  });
  on("input", ".masks-form", paintMasks);
  on("toggle", ".masks-box", (box, { target }) => {
    paintMasks();
    if (target === box && !box.open) draw(false);
  }, true);
  document.addEventListener("htmx:afterSettle", paintMasks);
  new ResizeObserver(paintMasks).observe($(".frame", stage.box));
}
