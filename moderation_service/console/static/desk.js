// What the pages of the desk share: single keys, walking through a list, and the bar that offers to undo.
import { isTyping } from "./typing.js";

/** Call `bound[key]` when that key is pressed outside of fields and dialogs; a capital is a letter pressed with Shift. */
export function bindKeys(bound) {
  document.addEventListener("keydown", (event) => {
    const key = meant(event);
    if (event.defaultPrevented || event.repeat && key.length === 1 && !"jk".includes(key)) return;
    if (isTyping(event) || document.querySelector("dialog[open]") || !Object.hasOwn(bound, key)) return;
    if (bound[key](event) !== false) event.preventDefault();
  });
}

// Caps Lock turns letters around; what takes an article down at once is Shift, held on purpose.
function meant({ key, shiftKey }) {
  if (key.length !== 1) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/** Send a form as its button would; false when it is not on the page, or cannot be pressed. */
export function press(selector) {
  const button = document.querySelector(selector);
  if (!button || button.disabled || button.closest("[hidden]")) return false;
  button.form.requestSubmit(button);
}

/** Follow a link; false when it is not on the page. */
export function follow(selector) {
  const link = document.querySelector(selector);
  if (!link) return false;
  link.click();
}

/** Move the focus by so many steps along what `selector` finds, beginning before the first that is in view. */
export function walk(selector, steps) {
  const stops = [...document.querySelectorAll(selector)];
  if (!stops.length) return false;
  const at = stops.findIndex((stop) => stop === document.activeElement || stop.contains(document.activeElement));
  const inView = stops.findIndex((stop) => stop.getBoundingClientRect().bottom > 0);
  const to = at < 0 ? Math.max(inView, 0) : Math.min(Math.max(at + steps, 0), stops.length - 1);
  stops[to].focus({ preventScroll: true });
  stops[to].scrollIntoView({ block: "nearest" });
}

export const next = () => press('form[action$="/console/next"] button');
export const undo = () => press("#undo button");

// Its place stays where it has one of its own (on a narrow page): what somebody reads is not moved.
export function offerUndo() {
  const bar = document.getElementById("undo");
  if (bar) setTimeout(() => (bar.removeAttribute("id"), bar.classList.add("over")), bar.dataset.seconds * 1000);
}
offerUndo();
