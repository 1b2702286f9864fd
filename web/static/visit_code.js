// The visit code: device proof (token format, B) and the digits of the QR (C).
const STEP_SECONDS = 30;
const HEAD = encode(new TextEncoder().encode('{"alg":"ES256","typ":"visit-proof+jwt"}'));

export function encode(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function decode(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

export const stepAt = (milliseconds) => Math.floor(milliseconds / 1000 / STEP_SECONDS);

// Exactly these bytes: the server rebuilds them and parses nothing.
export function proofInput(ref, step) {
  const body = `{"aud":"visit-verify","jti":"${ref}","t":${step}}`;
  return new TextEncoder().encode(`${HEAD}.${encode(new TextEncoder().encode(body))}`);
}

export function digits(ref, step, signature) {
  const bytes = new Uint8Array(85);
  bytes[0] = 1;
  bytes.set(decode(ref), 1);
  new DataView(bytes.buffer).setUint32(17, step);
  bytes.set(signature, 21);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return BigInt(`0x${hex}`).toString();
}

export async function makeDigits(privateKey, ref, step) {
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, privateKey, proofInput(ref, step));
  return digits(ref, step, new Uint8Array(signature));
}
