// A decided case looked at again: a verdict by one key.
import { bindKeys, follow, walk } from "./desk.js";
import { furnishImages } from "./images.js";
import { verdictKeys } from "./verdict.js";

furnishImages();
bindKeys({
  ...verdictKeys,
  ArrowDown: () => walk(".part > input", 1),
  ArrowUp: () => walk(".part > input", -1),
  j: () => walk(".flags > li", 1),
  k: () => walk(".flags > li", -1),
  q: () => follow(".reading .meta a"),
  s: skip,
});

function skip() {
  const panel = document.getElementById("panel-skip");
  panel.open = true;
  panel.querySelector("input:not([type=hidden])").focus();
}
