// Keys, and the way back, for who works through the queue; every page does without them.
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
  // To words, never into a field: the next key would choose there, or Enter approve an end unread.
  w: () => (document.querySelector("#work #closing") ?? document.querySelector("#work h2"))?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.querySelector(".keys")?.removeAttribute("hidden");

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

// One form is sent at a time: what stands in a report's other forms goes with it, to be shown again.
const TEXTS = "[name=note], [name=message_to_reporter], [name=police_reference]";
addEventListener("formdata", ({ target, formData }) => {
  const { pathname } = new URL(target.action, location.href);
  if (target.method !== "post" || !pathname.startsWith("/console/reports/")) return;
  for (const one of document.querySelectorAll(TEXTS))
    if (one.form !== target && one.value.trim()) formData.set(`kept_${one.name}`, one.value);
});

// The way back leads to the queue as it was left: its filters, its order, its page and its row.
const KEPT = "menshen.queue";
const queue = (() => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
})();
const keep = (said) => {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(Object.assign(queue, said)));
  } catch {
    // No room, or none allowed: the way back leads to the whole queue, as without scripts.
  }
};
const back = document.querySelector('a[data-key="u"]');

if (back) {
  if (queue.address?.startsWith("/console?")) back.setAttribute("href", queue.address);
  back.addEventListener("click", () => keep({ isBack: true }));
} else if (location.pathname === "/console") {
  const [how] = performance.getEntriesByType("navigation");
  if (queue.isBack || how?.type === "back_forward")
    links().find((one) => one.getAttribute("href") === queue.row)?.focus();
  keep({ address: location.pathname + location.search, isBack: false });
  for (const one of links())
    one.addEventListener("click", () => keep({ row: one.getAttribute("href") }));
}
