// Tells the fraud team at once what has come in, on whatever page of the console is open.
const place = document.getElementById("live");
const KEPT = "menshen.news";
const MOST = 5; // of the watchlist's own lines: what is older is in the lists, too

// What this tab was told and has not opened yet, the first first: [kind, address, count].
const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
};
const write = (news) => {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(news));
  } catch {
    // No room, or none allowed: the line stays until this page is left.
  }
};

const show = (kind, address, count) => {
  const first = place.querySelector(`[data-kind=${kind}]`);
  const shown = [...place.querySelectorAll(`[data-kind=${kind}]`)];
  let link = shown.find((one) => one.getAttribute("href") === address);
  if (!link) {
    link = first.cloneNode(true);
    link.hidden = true;
    link.href = address;
    link.querySelector("span").textContent = "";
    place.append(link);
  }
  if (count > 1) link.querySelector("span").textContent = `(${count})`;
  // Only what was not there yet moves: whoever has gone to the link by keyboard stays on it.
  if (link.hidden) place.append(link);
  link.hidden = false;
};

const add = (kind, address) => {
  let news = read();
  const known = news.find(([, one]) => one === address);
  if (known) known[2] += 1;
  else news.push([kind, address, 1]);
  const hits = news.filter(([one]) => one === "watchlist_hit");
  const old = hits.slice(0, Math.max(0, hits.length - MOST));
  news = news.filter((one) => !old.includes(one));
  write(news);
  show(kind, address, known ? known[2] : 1);
};

// A line stays, page after page, until what it leads to is opened.
const open = (address) => write(read().filter(([, one]) => one !== address));
const isHere = (address) => {
  const { pathname, search } = new URL(address, location.href);
  return pathname === location.pathname && (search === "" || search === location.search);
};
write(read().filter(([, address]) => !isHere(address)));
for (const one of read()) show(...one);
for (const kind of ["click", "auxclick"])
  place.addEventListener(kind, (event) => {
    const link = event.target.closest("a");
    if (link) open(link.getAttribute("href"));
  });

const events = new EventSource("/v1/fraud/events");
for (const kind of ["watchlist_hit", "surge", "report"])
  events.addEventListener(kind, (event) => {
    const usual = place.querySelector(`[data-kind=${kind}]`).getAttribute("href");
    // What a report says is no sighting: the report itself is what there is to see.
    const { report_id: report, source } = JSON.parse(event.data);
    add(kind, source === "report" && report ? `/console/reports/${report}` : usual);
  });
addEventListener("pagehide", () => events.close());
