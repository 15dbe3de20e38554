// The queue page: keys, and what others do to its cases while one reads.
import { bindKeys, next, undo, walk } from "./desk.js";
import { keepLive } from "./live.js";

const SECONDS = 4;
const links = ".cases h2 a";
const search = document.querySelector("input[type=search]");

bindKeys({
  j: () => walk(links, 1),
  k: () => walk(links, -1),
  n: next,
  u: undo,
  "/": () => search.focus(),
});

const list = document.querySelector("[data-live]");
if (list) keepLive(list.dataset.live, SECONDS);
