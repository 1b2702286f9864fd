// The server's clock as the phone last learnt it: codes are dated by it, not by the phone's own.
const JUMP = 5000;
let offset = 0;
let started = null;

export const now = () => Date.now() + offset;

export function learn(serverTime) {
  offset = Date.parse(serverTime) - Date.now();
  started = { wall: Date.now(), steady: performance.now() };
}

// True when somebody or something moved the phone's clock since the server was last heard.
export function hasJumped() {
  if (!started) return false;
  const passed = performance.now() - started.steady;
  return Math.abs(Date.now() - started.wall - passed) > JUMP;
}
