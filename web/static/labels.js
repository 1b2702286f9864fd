// Finds room for words on a drawing. A box is [left, top, right, bottom].
const pen = document.createElement("canvas").getContext("2d");

export function widthOf(text, size) {
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

export const boxAround = ([x, y], width, height = width) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

// How much of a box lies over others.
export function overlap([left, top, right, bottom], others) {
  const common = ([west, north, east, south]) =>
    Math.max(0, Math.min(right, east) - Math.max(left, west)) * Math.max(0, Math.min(bottom, south) - Math.max(top, north));
  return others.reduce((sum, other) => sum + common(other), 0);
}

// The first of the cheapest.
export function cheapest(choices, cost) {
  const priced = choices.map((choice) => ({ ...choice, cost: cost(choice) }));
  return priced.reduce((best, one) => (one.cost < best.cost ? one : best));
}
