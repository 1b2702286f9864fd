// The start page: photos are shrunk before they are sent, and where the browser reads codes itself,
// the camera can be used in the page. Without this the form works as well.
import { shrink } from "/static/shrink.js";

const LONGEST = 1280; // pixels: all that the server looks at first
const PAUSE = 200; // ms between two looks
const element = (id) => document.getElementById(id);
const form = element("photo"), input = element("image"), button = form.querySelector("button");
const live = element("live"), picture = element("live-picture"), status = element("live-status");
let stream = null;

input.addEventListener("change", async () => {
  if (!input.files.length) return;
  button.disabled = true;
  const ready = new DataTransfer();
  const file = input.files[0];
  ready.items.add(await shrink(file, LONGEST).catch(() => file)); // the server judges it
  input.files = ready.files;
  button.disabled = false;
});
form.addEventListener("submit", () => {
  element("sending").textContent = element("sending").dataset.sending;
  button.disabled = true; // a second tap is not a second check
});
addEventListener("pageshow", () => {
  element("sending").textContent = "";
  button.disabled = false;
});

function show(running) {
  picture.hidden = element("live-stop").hidden = !running;
  element("live-start").hidden = running;
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = picture.srcObject = null;
  show(false);
}

function check(text) {
  const origin = live.dataset.origins.split(" ").find((own) => text.startsWith(`${own}/v/`));
  const digits = origin && text.slice(origin.length + 3);
  if (digits && /^\d+$/.test(digits)) return location.assign(`/v/${digits}`);
  const typed = element("typed"); // not ours: never opened, only asked about
  typed.elements.visit_code.value = text.slice(0, 4096);
  typed.requestSubmit(typed.querySelector("button"));
}

async function look() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    picture.srcObject = stream;
    show(true);
    status.textContent = status.dataset.looking;
    await picture.play();
  } catch {
    stop();
    status.textContent = status.dataset.failed;
    return;
  }
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (stream) {
    const texts = new Set((await detector.detect(picture).catch(() => [])).map((one) => one.rawValue));
    if (!stream) return;
    if (texts.size === 1) {
      stop();
      return check([...texts][0]);
    }
    status.textContent = texts.size ? status.dataset.several : status.dataset.looking;
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

element("live-start").addEventListener("click", look);
element("live-stop").addEventListener("click", () => { stop(); status.textContent = ""; });
addEventListener("pagehide", stop);
document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
if (navigator.mediaDevices && "BarcodeDetector" in globalThis) {
  const formats = await BarcodeDetector.getSupportedFormats();
  live.hidden = !formats.includes("qr_code");
}
