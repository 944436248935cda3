// Recording a rank's voice with the browser's own recorder; the form sends what it gave like any chosen file.
"use strict";

const canRecord = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder); // only https and localhost have it
const LONGEST = 60; // seconds, as the studio takes them
let recording = null;

function tick() {
  if (!recording) return;
  const seconds = (Date.now() - recording.began) / 1000;
  // Said anew each time: the list may have been drawn again meanwhile.
  recording.button.classList.add("recording");
  recording.clock.value = `0:${String(Math.floor(seconds)).padStart(2, "0")}`;
  if (seconds >= LONGEST) recording.recorder.stop();
}

function finish(form, button, recorder, pieces) {
  recorder.stream.getTracks().forEach((track) => track.stop());
  clearInterval(recording.timer);
  unfinished.delete(recorder);
  recording.clock.value = "";
  recording = null;
  button.classList.remove("recording");
  const type = recorder.mimeType.split(";")[0];
  const files = new DataTransfer();
  files.items.add(new File(pieces, type.endsWith("mp4") ? "voice.mp4" : "voice.webm", { type }));
  form.elements.voice.files = files.files;
  form.elements.voice.dispatchEvent(new Event("change", { bubbles: true }));
}

async function start(form, button) {
  const audio = { echoCancellation: true, noiseSuppression: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio }).catch(() => alarm(button.dataset.refused));
  if (!stream) return;
  const recorder = new MediaRecorder(stream), pieces = [], clock = form.querySelector(".voice-clock");
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => finish(form, button, recorder, pieces));
  recording = { recorder, clock, button, began: Date.now(), timer: setInterval(tick, 250) };
  unfinished.add(recorder);
  recorder.start();
  tick();
}

on("click", "[data-record]", (button) => {
  if (recording) recording.recorder.stop();
  else start(button.form, button);
});
document.documentElement.classList.toggle("can-record", canRecord);
