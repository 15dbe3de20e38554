// The queue page: keys, and what others do to its cases while one reads.
import { bindKeys, next, press, undo, walk } from "./desk.js";
import { keepLive } from "./live.js";
import { tickCurrent, ticks } from "./ticks.js";

const SECONDS = 4;
const links = ".cases h2 a";
const boxes = 'input[name="cases"]';
const search = document.querySelector("input[type=search]");

const views = Object.fromEntries(
  [...document.querySelectorAll(".tabs a")].slice(0, 10).map((tab, place) => [place, () => tab.click()]),
);

bindKeys({
  ...views,
  j: () => walk(links, 1),
  k: () => walk(links, -1),
  n: next,
  u: undo,
  x: () => tickCurrent(boxes, "li.case"),
  b: () => press("#together button"),
  "/": () => search.focus(),
});

const list = document.querySelector("main [data-live]");
if (list) keepLive(list.dataset.live, SECONDS);

// The bar says how many it leads to, and is there when there are some.
const together = document.getElementById("together");
if (together)
  ticks(boxes, (count) => {
    together.hidden = !count;
    together.querySelector("button span").textContent = together.dataset.words.replace("#", count);
  });
