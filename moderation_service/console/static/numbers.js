// Draws the lines of the numbers page from the tables on it: what is drawn is what the tables say.
const { language } = document.querySelector(".chart")?.dataset ?? {};
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 0]];
const DASHES = [[], [6, 4]];

/** The columns of a table that are drawn: moments first, then one list of numbers each, null where there is none. */
function read(table) {
  const drawn = [...table.tHead.rows[0].cells].flatMap((cell, place) => ("drawn" in cell.dataset ? [place] : []));
  const rows = [...table.tBodies[0].rows];
  const values = (place) => rows.map(({ cells }) => (cells[place].dataset.value === "" ? null : Number(cells[place].dataset.value)));
  const words = (place) => rows.map(({ cells }) => cells[place].textContent.trim());
  return { data: [0, ...drawn].map(values), words: [0, ...drawn].map(words) };
}

/** What an axis of such values is divided by, and how its numbers are written. */
function scale(kind, highest) {
  if (kind === "share") return { size: 1, format: { style: "percent", maximumFractionDigits: 1 } };
  if (kind === "count") return { size: 1, format: { notation: "compact" } };
  const [unit, size] = UNITS.find(([, seconds]) => highest >= seconds);
  return { size: size || 1, format: { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 2 } };
}

/** How moments are written below a chart: times of day, with the day where it begins; where far apart, days or months. */
function moments(zone) {
  const writer = (format) => new Intl.DateTimeFormat(language, { timeZone: zone, ...format });
  const time = writer({ hour: "2-digit", minute: "2-digit" });
  const day = writer({ day: "numeric", month: "short" });
  const month = writer({ month: "short", year: "numeric" });
  return (_chart, splits, _axis, _space, step) => {
    let last = "";
    return splits.map((split) => {
      const at = new Date(split * 1000);
      const today = day.format(at);
      const isNew = today !== last;
      last = today;
      if (step >= 28 * 86400) return month.format(at);
      if (step >= 86400) return today;
      return isNew ? `${time.format(at)}\n${today}` : time.format(at);
    });
  };
}

function options(chart, colours, { kind, zone, since, until }, highest) {
  const { size, format } = scale(kind, highest);
  const number = new Intl.NumberFormat(language, format);
  const style = getComputedStyle(chart);
  const axis = { stroke: style.color, font: `12px ${style.fontFamily}`, grid: { stroke: style.borderColor, width: 1 }, ticks: { show: false } };
  const series = colours.map(({ line, hollow }, place) => ({
    stroke: line,
    width: 2,
    dash: DASHES[place],
    points: { show: (u) => u.data[0].length <= 110, size: 7, fill: place ? hollow : line },
  }));
  return {
    size,
    width: chart.clientWidth,
    height: chart.clientHeight,
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), zone),
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 9 } },
    scales: {
      x: { range: [Number(since), Number(until)] },
      y: { range: (_u, _low, high) => uPlot.rangeNum(0, high || 1, { min: { pad: 0, soft: 0, mode: 1 }, max: { pad: 0.08, soft: 0, mode: 1 } }) },
    },
    axes: [
      { ...axis, values: moments(zone), space: 80, size: (_u, labels) => (labels?.some((label) => label.includes("\n")) ? 44 : 28) },
      { ...axis, values: (_u, splits) => splits.map((split) => number.format(split)), size: 64, incrs: kind === "count" ? WHOLE : undefined },
    ],
    series: [{}, ...series],
  };
}
// Half a flag is none.
const WHOLE = [1, 2, 5].flatMap((n) => [...Array(9).keys()].map((power) => n * 10 ** power)).sort((a, b) => a - b);

/** The colours of the lines, as the legend has them: tokens cannot be read from a script in another way. */
function coloursOf(legend, chart) {
  const surface = getComputedStyle(chart.closest(".card")).backgroundColor;
  return [...legend.querySelectorAll("svg")].map((swatch) => ({ line: getComputedStyle(swatch).color, hollow: surface }));
}

/** The values below the pointer, written into the legend as the table has them; the moment stands last. */
function tell(legend, words) {
  const places = [...legend.querySelectorAll(".at-cursor")];
  const order = [...words.slice(1), words[0]];
  return (u) => {
    const row = u.cursor.idx;
    places.forEach((place, column) => (place.textContent = row === null ? "" : order[column][row]));
  };
}

function draw(chart) {
  const table = document.getElementById(chart.dataset.of);
  const legend = chart.previousElementSibling;
  const { data, words } = read(table);
  const highest = Math.max(...data.slice(1).flat());
  chart.replaceChildren();
  const { size, ...wanted } = options(chart, coloursOf(legend, chart), chart.dataset, highest);
  const scaled = data.map((column, place) => (place ? column.map((value) => (value === null ? null : value / size)) : column));
  return new uPlot({ ...wanted, hooks: { setCursor: [tell(legend, words)] } }, scaled, chart);
}

const plots = new Map();
const charts = document.querySelectorAll(".chart");
for (const chart of charts) {
  chart.hidden = false;
  plots.set(chart, draw(chart));
  chart.nextElementSibling.open = false;
}
const watcher = new ResizeObserver((changes) => {
  for (const { target } of changes) plots.get(target).setSize({ width: target.clientWidth, height: target.clientHeight });
});
charts.forEach((chart) => watcher.observe(chart));
// The colours of the other theme.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of charts) {
    plots.get(chart).destroy();
    plots.set(chart, draw(chart));
  }
});
