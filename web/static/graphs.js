// Draws what ties the reports of a case: all of it in the frame, then nearer and aside as wanted.
import { boxAround, cheapest, overlap, widthOf } from "/static/labels.js";

const NEAREST = 8;

export function graph(figure, chart, data, shades, base) {
  const [width, height] = [chart.getWidth(), chart.getHeight()];
  const narrow = width < 600;
  const shown = option(data, shades, narrow);
  const [series] = shown.series;
  // How they lie is the library's work, but not that they lie in the frame: where it put them is read, and scaled.
  chart.setOption({ ...base, animation: false, series: [{ ...series, layout: "force" }] }, true);
  const layout = chart.getModel().getSeriesByIndex(0).getData();
  const edge = 30; // more than half of the largest shape; a line is straight, so it ends where they do
  const across = scaled(data.nodes.map((_, at) => layout.getItemLayout(at)[0]), edge, width - edge);
  const down = scaled(data.nodes.map((_, at) => layout.getItemLayout(at)[1]), edge, height - edge);
  series.data.forEach((node, at) => Object.assign(node, { x: across[at], y: down[at] }));
  label(series.data, data.nodes, series.label.width, [10, 10, width - 10, height - 10]);
  chart.setOption({ ...base, ...shown, tooltip: { ...base.tooltip, ...shown.tooltip } }, true);
  let zoom = 1;
  const look = (wanted) => {
    zoom = Math.min(NEAREST, Math.max(1, wanted));
    // Nothing is nearer than all of it: then it lies in the middle again.
    chart.setOption({ series: [{ zoom, ...(zoom === 1 && { center: null }) }] });
    figure.dataset.zoom = zoom.toFixed(2);
  };
  chart.off("graphroam");
  chart.on("graphroam", () => {
    ({ zoom = 1 } = chart.getOption().series[0]);
    figure.dataset.zoom = zoom.toFixed(2);
  });
  const tools = document.querySelector(".graph-tools");
  tools.hidden = false;
  for (const button of tools.querySelectorAll("[data-zoom]")) {
    button.onclick = () => look(Number(button.dataset.zoom) * zoom || 1);
  }
  if (!("zoom" in figure.dataset)) leaveScrolling(figure);
  figure.dataset.zoom = "1.00";
}

// The page still scrolls: by the wheel without Ctrl, and by one finger while all is in the frame.
function leaveScrolling(figure) {
  figure.addEventListener("wheel", (event) => event.ctrlKey || event.stopPropagation(), true);
  figure.addEventListener("touchmove", (event) => {
    if (event.touches.length === 1 && Number(figure.dataset.zoom) <= 1) event.stopPropagation();
  }, true);
}

function option({ kinds, nodes, links }, shades, narrow) {
  return {
    tooltip: { formatter: ({ data, dataType }) => (dataType === "edge" ? data.label : data.name) },
    series: [{
      type: "graph", layout: "none", roam: true, scaleLimit: { min: 1, max: NEAREST },
      top: 30, bottom: 30, left: 30, right: 30,
      categories: kinds.map(({ name, path, hue }) => ({ name, symbol: `path://${path}`, itemStyle: { color: hue } })),
      force: { layoutAnimation: false, initLayout: "circular", repulsion: narrow ? 160 : 480, edgeLength: narrow ? [40, 110] : [60, 180], gravity: 0.12 },
      data: nodes.map(({ id, kind, label, weight = 1, href }) => ({
        id, name: label, category: kinds.findIndex(({ key }) => key === kind), href,
        symbolSize: (narrow ? 12 : 14) + (narrow ? 2 : 3) * Math.min(8, weight),
        itemStyle: { borderColor: shades.ink, borderWidth: 1 }, cursor: href ? "pointer" : "default",
      })),
      links: links.map(({ source, target, label, weight = 1 }) => ({
        source, target, label, lineStyle: { width: 1 + 3 * Math.min(1, weight), color: shades.quiet },
      })),
      label: {
        show: true, color: shades.ink, width: narrow ? 90 : 140, overflow: "truncate",
        textBorderColor: shades.paper, textBorderWidth: 2,
      },
      edgeLabel: { show: false },
      emphasis: { focus: "adjacency", label: { show: true } },
    }],
  };
}

// What reports share has its words always, where they lie over least; a report only where they lie over nothing.
function label(drawn, nodes, longest, frame) {
  const symbols = drawn.map(({ x, y, symbolSize }) => boxAround([x, y], symbolSize));
  const taken = [];
  const isReport = (at) => nodes[at].kind === "report";
  const order = drawn.map((_, at) => at)
    .sort((one, other) => isReport(one) - isReport(other) || drawn[other].symbolSize - drawn[one].symbolSize);
  for (const at of order) {
    const { x, y, name, symbolSize } = drawn[at];
    const [width, high] = [Math.min(longest, widthOf(name, 12)), 14];
    const [aside, above] = [symbolSize / 2 + 5 + width / 2, symbolSize / 2 + 5 + high / 2];
    const choices = Object.entries({ right: [x + aside, y], left: [x - aside, y], top: [x, y - above], bottom: [x, y + above] })
      .map(([position, middle]) => ({ position, box: boxAround(middle, width, high) }));
    const { position, box, cost } = cheapest(choices, ({ box: wanted }) =>
      (width * high - overlap(wanted, [frame])) * 9 + overlap(wanted, taken) * 3 + overlap(wanted, symbols));
    const show = !isReport(at) || cost < 1;
    drawn[at].label = { position, show };
    if (show) taken.push(box);
  }
}

function scaled(numbers, from, to) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return numbers.map((one) => (most > least ? from + ((one - least) / (most - least)) * (to - from) : (from + to) / 2));
}
