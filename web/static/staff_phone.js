// What the phone asks of the service and keeps: its enrolment, and tokens for the visits ahead.
import { Refused, call } from "/static/api.js";
import { learn, now } from "/static/server_clock.js";
import { change, makeKey, read, write, writeAll } from "/static/store.js";

const DAY = 24 * 3600 * 1000;
const JUDGED = [403, 404, 409]; // that of one visit; whatever else fails is not about it
const isHopeless = (error) => !(error instanceof Refused) || error.status === 401;

// Each try has a key of its own: the service takes none twice, and a code may be mistyped.
export async function enrol(code, label) {
  const key = await makeKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  const body = { jwk: { kty, crv, x, y }, label };
  if (code) body.enrolment_code = code;
  const device = await call("POST", "/v1/devices", body);
  // Tokens are for one key: another cannot sign for them.
  await writeAll({ key, device, tokens: {} });
}

const become = (id, status) =>
  change("device", (device) => (device.id === id ? { ...device, status } : device));

// What the registry made of this phone; whoever has no visit learns it from no token.
export async function fetchStatus() {
  const device = await read("device");
  if (!device) return null;
  try {
    const { status } = await call("GET", `/v1/devices/${device.id}`);
    await become(device.id, status);
    return status;
  } catch (error) {
    if (isHopeless(error)) throw error;
    if (error.status !== 404) return device.status; // goes on as it was
    await become(device.id, "unknown"); // to whoever is logged in now; its owner may come back
    return "unknown";
  }
}

export async function fetchTokens(visits) {
  const device = await read("device");
  const kept = {}, refused = [];
  if (!device) return { kept, refused };
  const before = (await read("tokens")) ?? {};
  let failed = null;
  for (const visit of visits) {
    const starts = Date.parse(visit.starts_at), ends = Date.parse(visit.ends_at);
    if (visit.status !== "planned" || starts - now() > DAY || ends < now() - DAY) continue;
    try {
      if (failed && isHopeless(failed)) throw failed;
      const token = await call("POST", `/v1/visits/${visit.id}/tokens`, { device_id: device.id });
      learn(token.server_time);
      kept[visit.id] = { visit, token };
    } catch (error) {
      if (error instanceof Refused && JUDGED.includes(error.status)) refused.push(visit);
      else {
        failed ??= error;
        if (isHopeless(error)) failed = error;
        if (before[visit.id]) kept[visit.id] = before[visit.id]; // goes on working
      }
    }
  }
  await write("tokens", kept);
  // A new token tells, too, that the registry has approved the phone: it may have just now.
  if (device.status !== "active" && Object.keys(kept).some((id) => kept[id] !== before[id]))
    await become(device.id, "active");
  if (failed) throw failed; // what there is has been kept
  return { kept, refused };
}
