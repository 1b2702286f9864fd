// Draws the figures of a page's tables. Colours come from the page; none says anything alone.
import * as echarts from "/static/vendor/echarts.mjs";
import { graph } from "/static/graphs.js";
import { boxAround, cheapest, overlap, widthOf } from "/static/labels.js";

const HUES = ["#0072b2", "#d55e00", "#009e73", "#b0568c", "#8f6a00", "#5b5fc7", "#7a7f87", "#a23b3b"];
const drawn = [];

function look() {
  const page = getComputedStyle(document.documentElement);
  const colour = (name) => page.getPropertyValue(`--${name}`).trim();
  return { ink: colour("ink"), paper: colour("paper"), line: colour("line"), quiet: colour("quiet") };
}

const base = ({ ink, paper, line }) => ({
  color: HUES,
  animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
  textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
  // The other mode writes markup, which the page's policy forbids.
  tooltip: { renderMode: "richText", confine: true, backgroundColor: paper, borderColor: line, textStyle: { color: ink } },
});

const axis = ({ ink, line }) => ({
  axisLabel: { color: ink },
  axisLine: { lineStyle: { color: line } },
  splitLine: { lineStyle: { color: line, opacity: 0.4 } },
});

const OPTIONS = {
  stack({ days, series, marks = [], marked = "" }, shades, width) {
    return {
      tooltip: { trigger: "axis", order: "seriesDesc" },
      legend: { textStyle: { color: shades.ink }, type: width < 600 ? "scroll" : "plain", top: 4 },
      grid: { left: 44, right: 16, top: width < 600 ? 40 : 56, bottom: 64 },
      xAxis: { type: "category", data: days, ...axis(shades) },
      yAxis: { type: "value", minInterval: 1, ...axis(shades) },
      dataZoom: [{ type: "slider", height: 24, bottom: 8, brushSelect: false, textStyle: { color: shades.ink } }],
      series: series.map(({ name, values }, at) => ({
        name, type: "bar", stack: "all", data: values, barCategoryGap: "10%",
        itemStyle: { borderColor: shades.paper, borderWidth: days.length > 200 ? 0 : 0.5 },
        markPoint: at ? undefined : {
          symbolSize: 1, silent: true,
          data: named(marks, days, width).map(({ day, count, said }) => ({ coord: [day, count], name: said })),
          label: {
            show: true, position: "top", distance: 1, color: shades.ink, lineHeight: 12,
            textBorderColor: shades.paper, textBorderWidth: 3,
            formatter: ({ name: said }) => `${width < 600 || !said ? said : `${marked} ${said}`}\n▼`,
          },
        },
      })),
    };
  },

  bars(bars, shades, width) {
    const shown = [...bars].reverse();
    return {
      tooltip: {},
      grid: { left: Math.min(180, width / 3) + 16, right: 56, top: 8, bottom: 8 },
      xAxis: { type: "value", minInterval: 1, ...axis(shades), axisLabel: { show: false } },
      yAxis: {
        type: "category", data: shown.map(({ name }) => name), ...axis(shades),
        axisLabel: { color: shades.ink, width: Math.min(180, width / 3), overflow: "truncate" },
      },
      series: [{
        type: "bar", data: shown.map(({ count }) => count), barMaxWidth: 28,
        label: { show: true, position: "right", color: shades.ink },
      }],
    };
  },
};

// Where the names of marks would lie over each other, the highest of the neighbours names them all.
function named(marks, days, width) {
  const room = ((width < 600 ? 26 : 70) * days.length) / Math.max(width - 60, 1);
  const groups = [];
  for (const mark of [...marks].sort((one, other) => one.day.localeCompare(other.day))) {
    const at = days.indexOf(mark.day);
    const last = groups.at(-1);
    if (last && at - last.at < room) Object.assign(last, { at, those: [...last.those, mark] });
    else groups.push({ at, those: [mark] });
  }
  return groups.flatMap(({ those }) => {
    const highest = those.reduce((one, other) => (other.count > one.count ? other : one));
    const numbers = those.flatMap((one) => one.numbers);
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    return those.map((one) => ({ ...one, said: one !== highest ? "" : least === most ? `${least}` : `${least}–${most}` }));
  });
}

async function map(figure, chart, { cells, reports }, shades) {
  const outline = await (await fetch("/console/map/outline")).json();
  const has = outline.features.length > 0;
  echarts.registerMap("outline", has ? outline : frame(cells));
  const [west, south, east, north] = frameOf(cells, outline);
  const steps = classes(Math.max(...cells.map(({ count }) => count)));
  const aspectScale = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const aspect = ((east - west) / (north - south)) * aspectScale;
  const width = chart.getWidth();
  const narrow = width < 600; // the legend then lies below, and names would lie over each other
  const height = chart.getHeight() - (narrow ? 72 : 0);
  // The size of a map is that of its longer side.
  const layoutSize = 0.94 * (aspect > 1 ? Math.min(width, height * aspect) : Math.min(height, width / aspect));
  chart.setOption({
    ...base(shades),
    tooltip: {
      ...base(shades).tooltip,
      formatter: ({ seriesType, name, dataIndex }) =>
        seriesType === "custom" ? [cells[dataIndex].name, cells[dataIndex].count].filter(Boolean).join(" · ") : name,
    },
    title: {
      text: reports, left: 4, bottom: narrow ? 26 : 24 * steps.length + 12,
      textStyle: { color: shades.ink, fontSize: 12, fontWeight: 400 },
    },
    visualMap: {
      type: "piecewise", pieces: steps, dimension: 2, seriesIndex: 0, left: 0, bottom: 0,
      orient: narrow ? "horizontal" : "vertical", itemSymbol: "roundRect", itemWidth: narrow ? 14 : 20,
      itemGap: narrow ? 6 : 10, textGap: narrow ? 3 : 10, textStyle: { color: shades.ink },
      inRange: { color: ["#cfe3f2", "#9cc4e0", "#5f9fce", "#2f78b3", "#0b4a7f"] },
      backgroundColor: shades.paper,
    },
    geo: {
      map: "outline", boundingCoords: [[west, north], [east, south]], aspectScale,
      roam: matchMedia("(pointer: fine)").matches ? "move" : false, silent: true, layoutCenter: ["50%", height / 2], layoutSize,
      itemStyle: { areaColor: shades.paper, borderColor: shades.line },
      label: { show: false }, emphasis: { label: { show: false } },
    },
    series: [{
      type: "custom", coordinateSystem: "geo", geoIndex: 0,
      encode: { tooltip: 2 },
      data: cells.map(({ boundary, count }, at) => [boundary[0][0], boundary[0][1], count, at]),
      renderItem: (_, api) => cell(cells[api.value(3)], api, shades),
    }, { type: "custom", id: "names", coordinateSystem: "geo", geoIndex: 0, silent: true, z: 3 }],
  });
  let zoom = 1;
  // Names would lie over each other on a narrow map; one that finds no room waits until it is nearer.
  const show = () => chart.setOption({ series: [names(chart, has && (!narrow || zoom > 2) ? cells : [], shades)] });
  show();
  const buttons = document.querySelector(".map-buttons");
  buttons.hidden = false;
  for (const button of buttons.querySelectorAll("[data-zoom]")) button.onclick = () => {
    zoom = Math.min(40, Math.max(0.3, zoom * Number(button.dataset.zoom)));
    const { boundary: [corner] } = cells[0]; // where the most reports are
    chart.setOption({ geo: { zoom, center: corner } });
    show();
  };
}

// All cells with a rim, and of what the rim would cut the whole, unless that takes far more room.
function frameOf(cells, outline) {
  const within = (points, margin) => {
    const [west, east] = reach(points.map(([longitude]) => longitude), margin);
    const [south, north] = reach(points.map(([, latitude]) => latitude), margin);
    return [west, south, east, north];
  };
  const corners = cells.flatMap(({ boundary }) => boundary);
  const rim = within(corners, 0.1);
  const widest = within(corners, 0.35);
  const found = [...rim];
  for (const { geometry } of outline.features) for (const [ring] of geometry.coordinates) {
    const box = within(ring, 0);
    if (!overlap(box, [rim])) continue;
    for (const at of [0, 1]) found[at] = Math.min(found[at], Math.max(box[at], widest[at]));
    for (const at of [2, 3]) found[at] = Math.max(found[at], Math.min(box[at], widest[at]));
  }
  return found;
}

// The names of areas, those with the most reports first: over no other, and hardly over cells.
function names(chart, cells, shades) {
  const { regions } = chart.getModel().getComponent("geo").coordinateSystem;
  const { fontFamily } = getComputedStyle(document.body);
  const point = (place) => chart.convertToPixel("geo", place);
  const drawn = cells.map(({ boundary }) => {
    const points = boundary.map(point);
    const [[left, right], [top, bottom]] = [0, 1].map((side) => reach(points.map((one) => one[side]), 0));
    return [left, top, right, bottom];
  });
  const reports = (name) => cells.reduce((sum, one) => sum + (one.name === name ? one.count : 0), 0);
  const taken = [];
  const data = [];
  for (const { name, centre } of cells.length ? byReports(regions, reports) : []) {
    const [width, height] = [widthOf(name, 11), 13];
    const aside = width / 2 + 6;
    const choices = [0, -1, 1].flatMap((line) => [0, aside, -aside].map((across) => {
      const [x, y] = point(centre);
      return { moved: [across, line * height], box: boxAround([x + across, y + line * height], width, height) };
    }));
    const { moved, box, cost } = cheapest(choices, ({ box: wanted, moved: [across, down] }) =>
      (overlap(wanted, taken) ? Infinity : overlap(wanted, drawn) + Math.hypot(across, down)));
    if (cost > (width * height) / 4) continue;
    taken.push(box);
    data.push({ name, value: centre, moved });
  }
  return {
    id: "names", data,
    renderItem: ({ dataIndex }, api) => {
      const [x, y] = api.coord([api.value(0), api.value(1)]).map((at, side) => at + data[dataIndex].moved[side]);
      return {
        type: "text",
        style: {
          x, y, text: data[dataIndex].name, align: "center", verticalAlign: "middle",
          fill: shades.ink, stroke: shades.paper, lineWidth: 3, fontSize: 11, fontFamily,
        },
      };
    },
  };
}

function byReports(regions, reports) {
  const named = regions.filter(({ name }) => name).map((one) => ({ name: one.name, centre: one.getCenter() }));
  return named.sort((one, other) => reports(other.name) - reports(one.name));
}

function cell({ boundary, count }, api, shades) {
  const points = boundary.map((corner) => api.coord(corner));
  const [left, right] = reach(points.map(([x]) => x), 0);
  const [top, bottom] = reach(points.map(([, y]) => y), 0);
  const children = [{
    type: "polygon", shape: { points },
    style: { fill: api.visual("color"), stroke: shades.ink, lineWidth: 1, opacity: 0.85 },
  }];
  if (right - left > 18) children.push({
    type: "text", silent: true,
    style: {
      x: (left + right) / 2, y: (top + bottom) / 2, text: String(count), align: "center", verticalAlign: "middle",
      fill: "#1a1c1f", stroke: "#fff", lineWidth: 3, fontSize: 13, fontWeight: 700,
    },
  });
  return { type: "group", children };
}

function classes(most) {
  const bounds = [...new Set([0.1, 0.25, 0.5, 0.75, 1].map((part) => Math.ceil(most * part)))];
  return bounds.map((max, at) => ({
    min: at ? bounds[at - 1] + 1 : 1, max,
    label: at && bounds[at - 1] + 1 < max ? `${bounds[at - 1] + 1}–${max}` : at || max === 1 ? `${max}` : `1–${max}`,
  }));
}

function reach(numbers, margin = 0.1) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return [least - (most - least) * margin, most + (most - least) * margin];
}

// Where no outline is known, the cells themselves say how far the map goes.
function frame(cells) {
  const geometry = { type: "MultiPolygon", coordinates: cells.map(({ boundary }) => [boundary]) };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: { name: "" }, geometry }] };
}

function draw(figure) {
  const kind = figure.dataset.chart;
  const data = JSON.parse(figure.querySelector("script").textContent);
  figure.hidden = false;
  const place = document.createElement("div");
  place.className = "drawing";
  // The library empties its place by markup, which the page's policy forbids even for nothing.
  Object.defineProperty(place, "innerHTML", { set: () => place.replaceChildren() });
  figure.append(place);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.on("click", ({ data: clicked }) => clicked?.href && location.assign(clicked.href));
  const show = async () => {
    const shades = look();
    if (kind === "map") await map(figure, chart, data, shades);
    else if (kind === "graph") graph(figure, chart, data, shades, base(shades));
    else {
      const option = OPTIONS[kind](data, shades, place.clientWidth);
      chart.setOption({ ...base(shades), ...option, tooltip: { ...base(shades).tooltip, ...option.tooltip } }, true);
    }
    figure.dataset.drawn = "true";
  };
  drawn.push({ chart, place, show });
  return show();
}

for (const figure of document.querySelectorAll("figure[data-chart]")) draw(figure);
const redraw = () => drawn.forEach(({ chart, show }) => { chart.resize(); show(); });
// A phone that hides its address bar says that it is resized: what somebody came closer to stays then.
const has = ({ chart, place }) => chart.getWidth() === place.clientWidth && chart.getHeight() === place.clientHeight;
let waiting = 0;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => drawn.every(has) || redraw(), 150); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
