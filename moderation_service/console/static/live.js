// Keeps the parts of a page that others change as they are now, without moving what somebody reads.
import { ended } from "./kept.js";

/**
 * Ask `url` every few seconds for pieces of the page and put each in the place of the one with its id.
 * Nothing is asked while nobody looks (the tab is hidden), and an unchanged answer (304) costs no body.
 * A piece that has the focus is left alone. The first look is after `first` seconds, the
 * last one before the signal `until`, where there is one.
 */
export function keepLive(url, seconds, first = seconds, until = undefined) {
  let known = "";
  let timer;
  const later = (wait = seconds) => {
    clearTimeout(timer);
    if (!document.hidden && !until?.aborted) timer = setTimeout(look, wait * 1000);
  };
  async function look() {
    try {
      const answer = await fetch(url, {
        signal: until,
        headers: { "HX-Request": "true", "HX-Current-URL": location.href, ...(known && { "If-None-Match": known }) },
      });
      // Who has just sent a form is led on by its answer, by which he may have signed out.
      if (answer.status === 401 && !document.querySelector("form[data-sent]")) return ended(answer.headers.get("HX-Redirect"));
      if (answer.status === 200) {
        const etag = answer.headers.get("ETag") ?? "";
        known = put(await answer.text()) ? etag : ""; // a piece left alone is asked for again
      }
    } catch {
      // The network is away; the next look may find it again.
    }
    later();
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()), { signal: until });
  until?.addEventListener("abort", () => clearTimeout(timer));
  later(first);
}

// Whether every piece is on the page as it came.
function put(html) {
  let all = true;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  // Parsed as a document of its own, in which nothing runs and nothing loads.
  for (const piece of new DOMParser().parseFromString(html, "text/html").querySelectorAll("body > [id]")) {
    // Written in another way each time, it says the same as the page's own.
    for (const field of piece.querySelectorAll('input[name="csrf"]')) field.setAttribute("value", token);
    const shown = document.getElementById(piece.id);
    if (!shown) document.querySelector(`[data-place="${piece.id}"]`)?.replaceChildren(document.importNode(piece, true));
    else if (shown.isEqualNode(piece)) continue;
    else if (shown.contains(document.activeElement)) all = false;
    else shown.replaceWith(document.importNode(piece, true));
  }
  return all;
}
