// The case page: every step by one key, and who else is at it.
import { bindKeys, follow, next, offerUndo, undo, walk } from "./desk.js";
import { furnishImages } from "./images.js";
import { keepLive } from "./live.js";
import { typed } from "./kept.js";
import { readdress, stayHere } from "./onward.js";
import { TAKEDOWN, takeForm, verdictKeys } from "./verdict.js";

const SECONDS = 3;

bindKeys({
  ...verdictKeys,
  p: () => chooseParts() && verdictKeys.t(),
  P: () => chooseParts() && verdictKeys.T(),
  n: next,
  u: undo,
  j: () => walk(".flags > li", 1),
  k: () => walk(".flags > li", -1),
  q: () => follow(".reading .meta a"),
  ArrowDown: () => walk(".part > input", 1),
  ArrowUp: () => walk(".part > input", -1),
  e: () => open("escalate"),
  h: () => open("hand_over"),
  s: () => open("skip"),
  a: () => open("note"),
  b: () => follow(".belongs a"),
});

// The part that has the focus; where none has, all that readers flagged.
function chooseParts() {
  const at = document.activeElement.closest(".part");
  const parts = at ? [at] : [...document.querySelectorAll(".part.flagged")];
  for (const part of parts) part.querySelector("input").checked = true;
  sayParts();
  return Boolean(button && parts.length);
}

function open(name) {
  const panel = document.getElementById(`panel-${name}`);
  if (!panel) return false;
  panel.open = true;
  (panel.querySelector("textarea, input:not([type=hidden]), select") ?? panel.firstElementChild).focus();
}

// Ctrl+Enter sends what is being written; Escape leaves the field, and closes its panel.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea, input:not([type=checkbox]), select");
  if (!field || event.defaultPrevented || event.isComposing) return;
  const panel = field.closest("details");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && panel) {
    event.preventDefault();
    field.form.requestSubmit();
  } else if (event.key === "Escape") {
    if (panel) panel.open = false;
    field.blur();
  }
});

// Who goes on drops what is typed, and is asked first; what he types on takes the question back.
const unsent = () => document.querySelector("[data-unsent]");
document.addEventListener(
  "submit",
  (event) => {
    const asks = unsent();
    if (!asks || event.target !== asks.closest("form") || asks.textContent || !typed()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asks.textContent = asks.dataset.unsent;
  },
  true,
);
document.addEventListener("input", () => unsent()?.replaceChildren());

// The flags of one part, or the next of them, take their place on the page: what is typed beside them stays.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-flags], #flags .pagination a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    const flags = page.getElementById("flags");
    if (!flags) throw new Error("a page of something else, such as the sign-in");
    document.getElementById("flags").replaceWith(flags);
    readdress(link.href);
    document.getElementById("flags").focus();
  } catch {
    location.assign(link.href);
  }
});

// The button says what it would do.
let button, words, whole;
document.addEventListener("change", sayParts);
function sayParts() {
  if (!button) return;
  const chosen = document.querySelectorAll('input[name="parts"]:checked').length;
  words.textContent = chosen ? `${button.dataset.parts} (${chosen})` : whole;
}

// The case that is on the page, until another one takes its place.
let gone = new AbortController();
function arrive() {
  gone.abort();
  gone = new AbortController();
  button = document.querySelector(TAKEDOWN);
  words = button?.querySelector("span");
  whole = words?.textContent;
  sayParts();
  furnishImages();
  const page = document.querySelector("main [data-live]");
  if (!page) return; // an error
  keepLive(page.dataset.live, SECONDS, SECONDS, gone.signal);
  if (page.dataset.renew) keepHold(page.dataset.renew, page.dataset.renewSeconds, gone.signal);
}

// Whoever has the page before him keeps the case; a page that nobody looks at lets it go.
function keepHold(url, seconds, until) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const timer = setInterval(() => {
    if (!document.hidden) fetch(url, { method: "POST", headers: { "X-CSRF-Token": token } });
  }, seconds * 1000);
  until.addEventListener("abort", () => clearInterval(timer));
}

arrive();
stayHere(() => {
  takeForm();
  offerUndo();
  arrive();
});
