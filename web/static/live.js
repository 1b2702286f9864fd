// Tells the fraud team at once what has come in, on whatever page of the console is open.
const place = document.getElementById("live");
const events = new EventSource("/v1/fraud/events");

for (const kind of ["watchlist_hit", "surge", "report"])
  events.addEventListener(kind, () => {
    const link = place.querySelector(`[data-kind=${kind}]`);
    const count = Number(link.dataset.count ?? 0) + 1;
    link.dataset.count = count;
    if (count > 1) link.querySelector("span").textContent = `(${count})`;
    // Only what was not there yet moves: whoever has gone to the link by keyboard stays on it.
    if (link.hidden) place.append(link);
    link.hidden = false;
  });
addEventListener("pagehide", () => events.close());
