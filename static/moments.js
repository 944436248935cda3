// The parts of a clip that are worth showing: a press sets in and out in the form below, which saves itself.
"use strict";

function markMoments(row) {
  const fields = $(".cut-form", row)?.elements;
  if (!fields) return;
  $$("[data-moment]", row).forEach((form) => {
    const same = (name) => {
      const own = fields[name].value, offered = form.elements[name].value;
      return own === "" || offered === "" ? own === offered : Math.abs(own - offered) < 0.06;
    };
    $("button", form).setAttribute("aria-pressed", String(same("start") && same("end")));
  });
  const words = $(".cut-said", row), [from, to] = [fields.start.value, fields.end.value];
  const length = $(".cut-form", row).dataset.length;
  const own = words.dataset.own.replace("[from]", Number(from).toFixed(1)).replace("[to]", Number(to || length).toFixed(1));
  words.textContent = from || to ? own : words.dataset.best || "";
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-moment]");
  if (!form) return;
  event.preventDefault();
  const row = form.closest(".entry"), fields = $(".cut-form", row).elements;
  for (const name of ["start", "end"]) {
    fields[name].value = form.elements[name].value;
    fields[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  showEntry(row, true);
  if (stage.box) $(".clip", stage.box).currentTime = stage.start;
});
document.addEventListener("input", (event) => {
  if (event.target.closest(".cut-form")) markMoments(event.target.closest(".entry"));
});
