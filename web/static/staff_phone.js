// What the phone asks of the service and keeps: its enrolment, and tokens for the visits ahead.
import { Refused, call } from "/static/api.js";
import { learn, now } from "/static/server_clock.js";
import { makeKey, read, write } from "/static/store.js";

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
  await write("key", key);
  await write("device", device);
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
  // A new token is how a phone learns that the registry has approved it.
  if (device.status !== "active" && Object.keys(kept).some((id) => kept[id] !== before[id]))
    await write("device", { ...device, status: "active" });
  if (failed) throw failed; // what there is has been kept
  return { kept, refused };
}
