// "Add where I am now": the place goes with the report as a position, too, and can be left out again.
const part = document.getElementById("position");
const [latitude, longitude] = part.querySelectorAll("input");
const button = part.querySelector("button");
const status = part.querySelector("[role=status]");

const show = (text) => {
  button.textContent = latitude.value ? part.dataset.drop : part.dataset.add;
  status.textContent = text;
};

const keep = (coords) => {
  latitude.value = coords?.latitude.toFixed(5) ?? ""; // a metre is near enough
  longitude.value = coords?.longitude.toFixed(5) ?? "";
  show(coords ? part.dataset.added : "");
};

button.addEventListener("click", () => {
  if (latitude.value) return keep(null);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => keep(coords),
    () => show(part.dataset.failed),
    { timeout: 15000 },
  );
});

if ("geolocation" in navigator || latitude.value) {
  part.hidden = false;
  show(latitude.value ? part.dataset.added : "");
}
