// The quality page, and two verdicts side by side: by the keyboard.
import { bindKeys, follow, walk } from "./desk.js";

const links = ".differences a";

bindKeys({
  n: () => follow("#next"),
  j: () => walk(links, 1),
  k: () => walk(links, -1),
  q: () => follow(".meta a"),
});
