// What every page of the console does better with a script: it works without one.
import "./kept.js";
import { keepLive } from "./live.js";
import { isTyping } from "./typing.js";

// Dates are written in the zone of whoever reads them; only the browser knows it. Read by console/words.py.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const known = document.cookie.includes(`moderation-zone=${zone}`);
  document.cookie = `moderation-zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  if (!known) writeHere(document.querySelectorAll("time[datetime*=T]"));
}

// The first page of all was written before anybody knew the zone.
function writeHere(times) {
  const { lang } = document.documentElement;
  const format = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of times) time.textContent = format.format(new Date(time.dateTime));
}

// A button is pressed once: a second press while the first is on its way would do things twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
// A page that comes back out of the browser's memory is fresh.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

const keys = document.getElementById("keys");
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || !keys || keys.open || isTyping(event)) return;
  event.preventDefault();
  keys.showModal();
});

// How many verdicts wait for another person; not asked for by who is gone to the next page within a second.
const waiting = document.getElementById("waiting");
if (waiting) keepLive(waiting.dataset.from, 30, 1);
