// The visitor's screen: enrol the phone, fetch tokens ahead, show a living code, also offline.
import { Refused, call } from "/static/api.js";
import { draw } from "/static/qr_screen.js";
import { hasJumped, now } from "/static/server_clock.js";
import { enrol, fetchStatus, fetchTokens } from "/static/staff_phone.js";
import { change, forget, ownKey, read } from "/static/store.js";
import { makeDigits, stepAt } from "/static/visit_code.js";

const element = (id) => document.getElementById(id);
const say = (name) => element("texts").content.querySelector(`[data-text=${name}]`).textContent;
// A phone may be set to another zone than the service, whose pages the customer sees.
const CLOCK = {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: element("texts").dataset.zone,
};
const LISTEN_AGAIN = 15 * 1000;
const ENDED = ["cancelled", "revoked", "over"];
const ENDS = { cancelled: "cancelled", ended: "over" };
const AT_REST = { active: "enrolled", pending: "pending", revoked: "withdrawn" };
let shown = null; // the visit whose code is on the screen
let drawn = 0; // its step
let withdrawn = null; // the visit whose code the service took away: a refresh tells why
let events = null;
let lock = null;

function status(name, device = null) {
  const line = element("status"), text = say(name).replace("{device}", device?.id);
  line.dataset.status = name;
  if (line.textContent !== text) line.textContent = text; // said aloud once
}

// What is said while no code is shown; how the last visit ended stays said.
function rest(device, otherwise) {
  for (const id of ["today", "phone"]) element(id).hidden = !device;
  if (shown) status("showing");
  else if (device?.status === "revoked" || !ENDED.includes(element("status").dataset.status))
    status(AT_REST[device?.status] ?? otherwise, device);
}

async function refresh() {
  try {
    const { items } = await call("GET", "/v1/staff/visits");
    await fetchStatus();
    const { kept, refused } = await fetchTokens(items);
    const device = await read("device");
    element("connection").textContent = say("online");
    element("login").hidden = true;
    element("enrolment").hidden = device?.status === "active";
    show(kept, device?.status === "active" ? refused : [], items);
    rest(device, "unregistered");
  } catch (error) {
    if (error instanceof Refused && [401, 403].includes(error.status)) {
      element("connection").textContent = say("online");
      element("login").hidden = false;
      element("enrolment").hidden = true;
      element("phone").hidden = !await read("device");
      status(error.status === 401 ? "logged_out" : "not_staff");
      return;
    }
    const kept = (await read("tokens")) ?? {}; // which go on working
    element("connection").textContent = say(Object.keys(kept).length ? "offline" : "unconnected");
    show(kept);
    rest(await read("device"), "unreached");
  }
}

function show(kept, refused = [], visits = []) {
  const usable = Object.values(kept).filter(({ token }) => Date.parse(token.expires_at) > now());
  usable.sort((a, b) => Date.parse(a.visit.starts_at) - Date.parse(b.visit.starts_at));
  list(usable, refused);
  const current = usable.find(({ token }) => Date.parse(token.not_before) <= now());
  if (!shown && current) open(current);
  // The visit was moved, and no stream told of it: its old code is withdrawn.
  const kin = kept[shown?.visit.id];
  if (kin && kin.token.ref !== shown.token.ref) { shown = kin; drawn = 0; }
  const id = shown?.visit.id;
  const end = ENDS[visits.find((one) => one.id === (id ?? withdrawn))?.status];
  if (id && !kept[id]) close(end ?? "revoked");
  else if (!id && end) { withdrawn = null; status(end); }
}

function list(usable, refused) {
  const lines = usable.map((one) => {
    const button = document.createElement("button");
    button.textContent = title(one.visit);
    button.dataset.visit = one.visit.id;
    button.addEventListener("click", () => open(one));
    return button;
  });
  for (const visit of refused) {
    const line = document.createElement("p");
    line.textContent = say("refused").replace("{visit}", () => title(visit));
    lines.push(line);
  }
  element("visits").replaceChildren(...lines);
  element("none").hidden = lines.length > 0;
}

function title(visit) {
  const when = new Date(visit.starts_at).toLocaleString(document.documentElement.lang, {
    weekday: "short", month: "short", day: "numeric", ...CLOCK,
  });
  return `${when} ${visit.place_hint}`;
}

async function open(one) {
  // A match number is that of one visit; whose end failed may be another's, too.
  if (one.visit.id !== shown?.visit.id)
    for (const id of ["seen", "not_ended"]) element(id).hidden = true;
  shown = one;
  withdrawn = null;
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
  change("tokens", ({ [id]: gone, ...others }) => others);
  element("visits").querySelector(`[data-visit="${id}"]`)?.remove();
  element("none").hidden = element("visits").childElementCount > 0;
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

const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, CLOCK);

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
  events.addEventListener("cancelled", () => close("cancelled"));
  events.addEventListener("revoked", () => {
    withdrawn = shown?.visit.id;
    close("revoked");
    refresh(); // a moved visit has a new code; of a withdrawn phone no other works, either
  });
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
  const given = new URLSearchParams(location.hash.slice(1)).get("enrol"); // the demo's own code
  // Whether the service knows this phone: a demo may have begun anew.
  const known = given && await fetchStatus().catch(() => "unreached");
  if (given && !["active", "unreached"].includes(known)) await enrol(given, say("label")).catch(() => {});
  await refresh();
}

function isSure(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) =>
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

element("enrolment").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector("button");
  button.disabled = true; // sent twice, a code would be used up by the first
  const code = form.elements.code.value.trim();
  try {
    // A new key would undo an approval: one that is waited for, or that came meanwhile.
    const before = (await read("device"))?.status;
    const known = !code && before === "pending" ? before : await fetchStatus();
    const isAsked = known === "active" || (!code && known === "pending");
    if (!isAsked) await enrol(code, say("label"));
    await refresh();
  } catch {
    await refresh(); // says whether it is the login or the network
    if (element("login").hidden) status("not_registered");
  }
  button.disabled = false;
});
element("end").addEventListener("click", async () => {
  const { id } = shown.visit;
  if (!await isSure(element("end_sure"))) return;
  if (shown?.visit.id !== id) return refresh(); // meanwhile it went, and another is on the screen
  element("not_ended").hidden = true;
  events?.close(); // which would tell of a withdrawn code
  try {
    await call("POST", `/v1/visits/${id}/end`, {});
    if (shown?.visit.id === id) close("over");
  } catch {
    element("not_ended").hidden = shown?.visit.id !== id;
    await refresh(); // says whether it is the login or the network, or that the visit is over
    if (shown) listen((await read("device")).id);
  }
});
element("forget").addEventListener("click", async () => {
  if (!await isSure(element("forget_sure"))) return;
  for (const name of ["key", "device", "tokens"]) await forget(name);
  location.reload();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
for (const name of ["online", "offline"]) addEventListener(name, refresh);
setInterval(tick, 500);
setInterval(refresh, 5 * 60 * 1000);
status("starting");
start();
