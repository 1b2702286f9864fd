// Photos are shrunk before they are sent, for slow networks; without this the form works as well.
import { shrink } from "/static/shrink.js";

const LONGEST = 2000; // pixels, what the server keeps
const form = document.getElementById("report");
const input = document.getElementById("evidence");
const progress = document.getElementById("progress");

const say = (text, at, all) => {
  progress.textContent = text.replace("{at}", at).replace("{all}", all);
};

input.addEventListener("change", async () => {
  const chosen = [...input.files];
  input.setCustomValidity(chosen.length > 10 ? progress.dataset.many : "");
  if (chosen.length > 10) return say(progress.dataset.many, 0, chosen.length);
  const button = form.querySelector("button");
  button.disabled = true;
  const ready = new DataTransfer();
  for (const [at, file] of chosen.entries()) {
    say(progress.dataset.preparing, at + 1, chosen.length);
    ready.items.add(await shrink(file, LONGEST).catch(() => file)); // the server judges what we cannot read
  }
  input.files = ready.files;
  say(chosen.length ? progress.dataset.ready : "", 0, chosen.length);
  button.disabled = false;
});

form.addEventListener("submit", () => {
  say(progress.dataset.sending, 0, 0);
  form.querySelector("button").disabled = true; // a second tap is not a second report
});
addEventListener("pageshow", () => {
  form.querySelector("button").disabled = false;
});
