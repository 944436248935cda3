// Cutting: two handles and the part between them over the filmstrip, number fields, and the parts worth showing say the
// same; the number fields hold it and are saved.
"use strict";

// Without in or out of its own a clip shows the part that the studio chose.
function shownPart(row, start, end) {
  const auto = start === "" && end === "" && row.dataset.autoStart;
  return auto ? [Number(row.dataset.autoStart), Number(row.dataset.autoEnd)] : [parseFloat(start) || 0, parseFloat(end) || Infinity];
}

function paintCut(form) {
  const row = form.closest(".entry"), { start, end } = form.elements, length = parseFloat(form.dataset.length) || 1;
  const [from, last] = shownPart(row, start.value, end.value), to = Math.min(last, length), strip = $(".strip", form);
  const values = { ".from": from, ".to": to, ".part": from };
  $(".part", form).max = Math.max(length - (to - from), 0).toFixed(3);
  for (const [name, value] of Object.entries(values)) $(name, form).value = value;
  strip.style.setProperty("--from", Math.min(from / length, 1));
  strip.style.setProperty("--to", to / length);
}

// The words of the fold and the offered parts follow what is chosen; where that is refused, the fold says what is stored.
function sayCut(form) {
  const row = form.closest(".entry"), { start, end } = form.elements, refused = isRefused(form), stored = refused ? knownOf : valueOf;
  for (const moment of $$("[data-moment]", row)) {
    const same = (name) => {
      const own = form.elements[name].value, offered = moment.elements[name].value;
      return own === "" || offered === "" ? own === offered : Math.abs(own - offered) < 0.06;
    };
    $("button", moment).setAttribute("aria-pressed", String(same("start") && same("end")));
  }
  const said = $(".cut-said", row), [first, last] = [start, end].map(stored);
  const [from, to] = [first, last || form.dataset.length];
  const own = said.dataset.own.replace("[from]", Number(from).toFixed(1)).replace("[to]", Number(to).toFixed(1));
  said.textContent = first || last ? own : said.dataset.best || "";
  $(".cut-refused", row).hidden = !refused;
}

const isRefused = (form) => Boolean($(".saved [data-fields]", form));

// A handle that is moved fills in the fields; the part between them keeps its length.
function cut(form, source) {
  const row = form.closest(".entry"), { start, end, fit, volume } = form.elements, length = parseFloat(form.dataset.length) || 0;
  if (source.matches(".strip input")) {
    let [from, to] = shownPart(row, start.value, end.value), value = parseFloat(source.value);
    const least = Math.min(0.5, length);
    if (source.matches(".part")) [from, to] = [value, value + Math.min(to, length) - from];
    else if (source.matches(".from")) from = Math.min(value, Math.min(to, length) - least);
    else to = Math.max(value, from + least);
    const tenths = (seconds) => String(Math.round(10 * seconds) / 10);
    start.value = from > 0.05 ? tenths(from) : "";
    end.value = to < length - 0.05 || (!start.value && row.dataset.autoStart) ? tenths(Math.min(to, length)) : "";
  }
  paintCut(form);
  sayCut(form);
  Object.assign(row.dataset, { start: start.value, end: end.value, fit: fit.value, volume: volume.value });
  readEntry(row);
  if (source.matches(".strip input")) clip().currentTime = source.matches(".to") ? Math.max(stage.end - 0.05, 0) : stage.start;
}

on("input", ".cut-form", (form, { target }) => cut(form, target));
on("htmx:afterRequest", ".cut-form", (form) => {
  const row = form.closest(".entry"), { start, end } = form.elements, stored = isRefused(form) ? knownOf : valueOf;
  sayCut(form);
  Object.assign(row.dataset, { start: stored(start), end: stored(end) }); // what the film shows
  if (stage.entry === row.dataset.entry) readEntry(row);
});
// What was chosen plays: from its beginning, or where its end was moved, the way into that.
on("change", ".strip input", (handle) => {
  showEntry(handle.closest(".entry"), true);
  if (handle.matches(".to")) clip().currentTime = Math.max(stage.end - 1.5, stage.start);
});
on("keydown", ".strip input", (handle, event) => {
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
  if (!by || !event.shiftKey) return;
  event.preventDefault();
  fillIn(handle, Number(handle.value) + by); // without Shift the field itself goes by a tenth
});
// A press on a part worth showing sets the fields, which save themselves.
on("submit", "[data-moment]", (form, event) => {
  event.preventDefault();
  const row = form.closest(".entry"), fields = $(".cut-form", row).elements;
  for (const name of ["start", "end"]) {
    fields[name].value = form.elements[name].value;
    fields[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  showEntry(row, true);
});
for (const name of ["DOMContentLoaded", "htmx:afterSettle"]) {
  document.addEventListener(name, () => {
    $$(".cut-form").forEach(paintCut);
    $$(".cut-form").filter(isRefused).forEach(sayCut);
  });
}
