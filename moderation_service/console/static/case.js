// The case page: every step by one key, and who else is at it.
import { bindKeys, next, press, undo, walk } from "./desk.js";
import { filterable } from "./filterable.js";
import { keepLive } from "./live.js";

const SECONDS = 3;
const takedown = 'button[value="takedown"]';
const page = document.querySelector("[data-live]");
const cited = document.getElementById("cited");
const box = cited && filterable(cited, () => press(takedown));

bindKeys({
  c: () => press('button[value="clear"]'),
  t: () => (box ? box.focus() : false),
  T: takeDown,
  n: next,
  u: undo,
  j: () => walk(".flags > li", 1),
  k: () => walk(".flags > li", -1),
  q: () => document.querySelector(".reading .meta a").click(),
  ArrowDown: () => walk(".part > input", 1),
  ArrowUp: () => walk(".part > input", -1),
  e: () => open("escalate"),
  h: () => open("hand_over"),
  s: () => open("skip"),
  a: () => open("note"),
});

// The button of the first of two fields would be pressed by Enter; a verdict never comes from a stray key.
function takeDown() {
  if (!cited) return false;
  if (cited.value) press(takedown);
  else box.focus();
}

function open(name) {
  const panel = document.getElementById(`panel-${name}`);
  if (!panel) return false;
  panel.open = true;
  panel.querySelector("textarea, input:not([type=hidden]), select").focus();
}

// Ctrl+Enter sends what is being written; Escape leaves the field, and closes its panel.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea, input:not([type=checkbox]), select");
  if (!field || event.defaultPrevented) return;
  const panel = field.closest("details");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && panel) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.key === "Escape") {
    if (panel) panel.open = false;
    field.blur();
  }
});

// The button says what it would do.
const button = document.querySelector(takedown);
const words = button?.querySelector("span");
const whole = words?.textContent;
document.addEventListener("change", sayParts);
sayParts();
function sayParts() {
  if (!button) return;
  const chosen = document.querySelectorAll('input[name="parts"]:checked').length;
  words.textContent = chosen ? `${button.dataset.parts} (${chosen})` : whole;
}

keepLive(page.dataset.live, SECONDS);

// Whoever has the page before him keeps the case; a page that nobody looks at lets it go.
if (page.dataset.renew) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  setInterval(() => {
    if (!document.hidden) fetch(page.dataset.renew, { method: "POST", headers: { "X-CSRF-Token": token } });
  }, page.dataset.renewSeconds * 1000);
}
