// Cases beside each other: keys, how many are ticked, and what others do to them meanwhile.
import { bindKeys, follow, press, walk } from "./desk.js";
import { furnishImages } from "./images.js";
import { keepLive } from "./live.js";
import { tickAll, tickCurrent, ticks } from "./ticks.js";
import { verdictKeys } from "./verdict.js";

const SECONDS = 4;
const boxes = 'input[name="seen"]';
const all = document.getElementById("tick-all");

furnishImages();
bindKeys({
  ...verdictKeys,
  j: () => walk(boxes, 1),
  k: () => walk(boxes, -1),
  x: () => tickCurrent(boxes, ".column-case"),
  X: () => (all ? all.click() : false),
  u: () => press(document.getElementById("undo-all") ? "#undo-all button" : ".results button"),
  q: () => follow(".headline a"),
});

// The buttons say how many they decide, and decide none for nobody.
const words = [...document.querySelectorAll(".verdicts button span")].map((span) => [span, span.textContent]);
ticks(boxes, (count) => {
  for (const [span, verdict] of words) {
    span.textContent = `${verdict} (${count})`;
    span.closest("button").disabled = !count;
  }
});

if (all) {
  all.hidden = false;
  all.addEventListener("click", () => tickAll(`${boxes}[data-free]`));
}

// Escape leaves a field.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) event.target.closest?.("textarea, input:not([type=checkbox])")?.blur();
});

const list = document.querySelector("main [data-live]");
if (list) keepLive(list.dataset.live, SECONDS);
