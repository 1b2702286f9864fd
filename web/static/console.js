// Keys for who works through the queue; every page does without them.
const links = () => [...document.querySelectorAll("[data-row]")];

const step = (by) => {
  const all = links();
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  all[Math.max(0, Math.min(all.length - 1, next))]?.focus();
};

const acts = {
  j: () => step(1),
  k: () => step(-1),
  w: () => document.querySelector("#work select, #work button")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

// Where there is room, all filters are in sight.
if (matchMedia("(min-width: 60rem)").matches) {
  document.querySelector("form.filters > details")?.setAttribute("open", "");
}

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const act = acts[event.key] ?? (marked && (() => marked.click()));
  if (!act) return;
  event.preventDefault();
  act();
});
