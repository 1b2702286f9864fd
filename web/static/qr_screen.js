// Draws a code: address in a byte segment, digits in a numeric one, level M, never more.
import { correction, generate, mode } from "/static/vendor/lean-qr.mjs";

const QUIET = 4;

export function draw(canvas, prefix, digits) {
  const code = generate(mode.multi(mode.ascii(prefix), mode.numeric(digits)), {
    minCorrectionLevel: correction.M, maxCorrectionLevel: correction.M,
  });
  const scale = Math.max(4, Math.floor(640 / (code.size + 2 * QUIET)));
  const side = (code.size + 2 * QUIET) * scale;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.fillStyle = "#000";
  for (let y = 0; y < code.size; y += 1)
    for (let x = 0; x < code.size; x += 1)
      if (code.get(x, y)) context.fillRect((x + QUIET) * scale, (y + QUIET) * scale, scale, scale);
  canvas.dataset.code = prefix + digits;
  canvas.dataset.version = String((code.size - 17) / 4);
}
