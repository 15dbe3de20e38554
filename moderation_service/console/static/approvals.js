// The approvals page by the keyboard.
import { bindKeys, undo, walk } from "./desk.js";
import { keepLive } from "./live.js";

const titles = ".approval h3 a";

bindKeys({
  j: () => walk(titles, 1),
  k: () => walk(titles, -1),
  a: approve,
  u: undo,
});

// Only what one is at: the first press goes to a proposal, so that no stray key approves what nobody looked at.
function approve() {
  const at = document.activeElement?.closest(".approval");
  if (!at) return walk(titles, 0);
  const button = at.querySelector("button.approve");
  if (button) button.form.requestSubmit(button);
}

// A word when others come; what one reads stays where it is.
keepLive(document.getElementById("approve").dataset.live, 10);
