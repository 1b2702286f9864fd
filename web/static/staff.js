// The visitor's screen: enrol the phone, fetch tokens ahead, show a living code, also offline.
import { Refused, call } from "/static/api.js";
import { draw } from "/static/qr_screen.js";
import { hasJumped, learn, now } from "/static/server_clock.js";
import { forget, ownKey, read, write } from "/static/store.js";
import { makeDigits, stepAt } from "/static/visit_code.js";

const element = (id) => document.getElementById(id);
const say = (name) => element("texts").content.querySelector(`[data-text=${name}]`).textContent;
const DAY = 24 * 3600 * 1000;
const LISTEN_AGAIN = 15 * 1000;
let shown = null; // the visit whose code is on the screen
let drawn = 0; // its step
let events = null;
let lock = null;

function status(name, detail = "") {
  element("status").textContent = [say(name), detail].filter(Boolean).join(" ");
  element("status").dataset.status = name;
}

async function enrol(code) {
  const key = await ownKey();
  const jwk = await crypto.subtle.exportKey("jwk", key.publicKey);
  const body = { jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, label: say("label") };
  if (code) body.enrolment_code = code;
  const device = await call("POST", "/v1/devices", body);
  await write("device", device);
  return device;
}

async function fetchTokens(visits, device) {
  const kept = {};
  for (const visit of visits) {
    const starts = Date.parse(visit.starts_at), ends = Date.parse(visit.ends_at);
    if (visit.status !== "planned" || starts - now() > DAY || ends < now() - DAY) continue;
    try {
      const token = await call("POST", `/v1/visits/${visit.id}/tokens`, { device_id: device.id });
      learn(token.server_time);
      kept[visit.id] = { visit, token };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      status("refused", error.message);
    }
  }
  await write("tokens", kept);
  return kept;
}

async function refresh() {
  const device = await read("device");
  if (!device) return;
  try {
    const { items } = await call("GET", "/v1/staff/visits");
    const cancelled = items.filter(({ status }) => status === "cancelled").map(({ id }) => id);
    show(await fetchTokens(items, device), cancelled);
    element("connection").textContent = say("online");
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      element("login").hidden = false;
      status("logged_out");
      return;
    }
    element("connection").textContent = say("offline"); // the kept tokens go on working
    show((await read("tokens")) ?? {});
  }
}

function show(kept, cancelled = []) {
  const list = element("visits");
  list.replaceChildren();
  const usable = Object.values(kept).filter(({ token }) => Date.parse(token.expires_at) > now());
  usable.sort((a, b) => Date.parse(a.visit.starts_at) - Date.parse(b.visit.starts_at));
  for (const one of usable) {
    const button = document.createElement("button");
    const starts = new Date(one.visit.starts_at);
    const when = starts.toLocaleString(document.documentElement.lang, {
      weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
    });
    button.textContent = `${when} ${one.visit.place_hint}`;
    button.addEventListener("click", () => open(one));
    list.append(button);
  }
  element("none").hidden = usable.length > 0;
  const current = usable.find(({ token }) => Date.parse(token.not_before) <= now());
  if (!shown && current) open(current);
  const id = shown?.visit.id;
  if (id && !kept[id]) close(cancelled.includes(id) ? "cancelled" : "revoked");
}

async function open(one) {
  shown = one;
  drawn = 0;
  element("code").hidden = false;
  element("hint").textContent = one.visit.place_hint;
  showTeam(one.visit.staff);
  status("showing");
  listen((await read("device")).id);
  if ("wakeLock" in navigator) lock = await navigator.wakeLock.request("screen").catch(() => null);
  await tick();
}

function close(reason) {
  events?.close();
  events = null;
  lock?.release();
  const id = shown?.visit.id;
  shown = null;
  if (id) read("tokens").then((kept) => {
    if (kept) { delete kept[id]; write("tokens", kept); }
  });
  element("code").hidden = true;
  const canvas = element("qr");
  canvas.width = canvas.height = 0;
  delete canvas.dataset.code;
  status(reason);
}

function showTeam(members) {
  element("team").replaceChildren(...members.map((member) => {
    const line = document.createElement("div");
    line.textContent = member.name;
    line.dataset.member = member.staff_number;
    return line;
  }));
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

function mark(number, at) {
  for (const line of element("team").children)
    if (line.dataset.member === number) {
      const { name } = shown.visit.staff.find((member) => member.staff_number === number);
      line.textContent = `✓ ${name} · ${say("checked").replace("{time}", clock(at))}`;
    }
}

function listen(device) {
  events?.close();
  events = new EventSource(`/v1/visits/${shown.visit.id}/events?device_id=${device}`);
  events.addEventListener("checked", ({ data }) => {
    const { checked_at: at, match_number: number } = JSON.parse(data);
    element("match").textContent = number;
    element("checked").textContent = say("checked").replace("{time}", clock(at));
    element("seen").hidden = false;
  });
  events.addEventListener("team", ({ data }) => {
    const { staff_number: number, checked_at: at } = JSON.parse(data);
    mark(number, at);
  });
  for (const kind of ["cancelled", "revoked"]) events.addEventListener(kind, () => close(kind));
  events.addEventListener("error", async ({ target }) => {
    // Refused, which a browser does not ask again by itself: the visit may be over by now.
    if (target !== events || target.readyState !== EventSource.CLOSED) return;
    await refresh();
    if (shown && target === events) setTimeout(() => target === events && listen(device), LISTEN_AGAIN);
  });
}

async function tick() {
  if (!shown) return;
  if (Date.parse(shown.token.expires_at) <= now()) { close("over"); return; }
  element("jumped").hidden = !hasJumped();
  const step = stepAt(now());
  const left = 30 - Math.floor(now() / 1000) % 30;
  element("left").value = left;
  if (step === drawn) return;
  drawn = step;
  const { token } = shown;
  const { privateKey } = await ownKey();
  const digits = await makeDigits(privateKey, token.ref, step);
  // While the key signed, the screen may have been closed: then nothing is drawn any more.
  if (shown?.token === token) draw(element("qr"), token.code_url_prefix, digits);
}

async function start() {
  if ("serviceWorker" in navigator) {
    const policy = globalThis.trustedTypes?.createPolicy("menshen", { createScriptURL: (url) => url });
    const worker = policy ? policy.createScriptURL("/sw.js") : "/sw.js";
    navigator.serviceWorker.register(worker, { scope: "/staff" }).catch(() => {});
  }
  let device = await read("device");
  const given = new URLSearchParams(location.hash.slice(1)).get("enrol"); // the demo's own code
  if (!device && given) device = await enrol(given).catch(() => null);
  element("enrolment").hidden = Boolean(device);
  if (device?.status === "pending") status("pending");
  await refresh();
}

element("enrolment").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const device = await enrol(event.target.elements.code.value.trim());
    event.target.hidden = true;
    status(device.status === "active" ? "enrolled" : "pending");
    await refresh();
  } catch (error) {
    status("refused", error.message);
  }
});
element("end").addEventListener("click", async () => {
  await call("POST", `/v1/visits/${shown.visit.id}/end`, {});
  close("over");
});
element("forget").addEventListener("click", async () => {
  for (const name of ["key", "device", "tokens"]) await forget(name);
  location.reload();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(tick, 500);
setInterval(refresh, 5 * 60 * 1000);
start();
