// The next case takes the place of the one just decided: the browser loads no page, style sheet or script anew for it.
// What leads elsewhere is left to the browser.
import { ended, giveBack, keep } from "./kept.js";

const WHOLE = { "HX-Request": "true", "HX-Request-Type": "full" };

// Milliseconds between two keys of one word, and no more than between two cases that somebody looks at.
const PAUSE = 300;
const address = () => location.pathname + location.search;
let shown = address();
let underway = false;

/** Send the forms marked `data-onward`, and put the page they lead to in the place of this one's; then call `arrived`. */
export function stayHere(arrived) {
  const told = announcer();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !("onward" in form.dataset)) return;
    event.preventDefault();
    if (underway) return;
    underway = true;
    const began = performance.now();
    document.querySelector(".unanswered")?.remove();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      // Where an answer got lost it is sent once more, which does it no second time.
      const found = await sent(form, body).catch(() => sent(form, body));
      if (found && put(found, form)) {
        shown = address();
        arrived();
        told.textContent = document.title;
      }
    } catch {
      // Nothing is moved, so that everything can be done again as it stands.
      document.body.append(document.getElementById("unanswered").content.cloneNode(true));
    }
    delete form.dataset.sent; // the same form may still be there, to be sent once more
    underway = false;
    if (strayed > began) strayed = performance.now();
  });
  addEventListener("popstate", () => {
    if (address() !== shown) location.reload();
  });
  addEventListener("keydown", holdOff, true);
}

/** Other pieces of the same page are shown, and this is the address that shows them. */
export function readdress(url) {
  history.replaceState(null, "", url);
  shown = address();
}

// What is pressed while the next case is on its way was meant for the one before, to the last letter of a word begun
// there: on the next one it would decide what nobody has seen yet. A word ends where no letter follows at once.
let strayed = -PAUSE;
function holdOff(event) {
  if (!underway && event.timeStamp - strayed > PAUSE) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length !== 1 && !["Enter", "Backspace"].includes(event.key)) return;
  strayed = event.timeStamp;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// The page that came of it; null where it leads elsewhere.
async function sent(form, body) {
  const headers = { ...WHOLE, "HX-Current-URL": location.href };
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) {
    if (answer.status === 401) ended(elsewhere);
    else leave(form, elsewhere);
    return null;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!token(page)) throw new Error(`${answer.status} of something between here and the service`);
  return { page, at: answer.headers.get("HX-Push-Url") };
}

function put({ page, at }, form) {
  const main = page.querySelector("main");
  // Another release of the service came in between: its page wants its own script.
  if (at && script(page) !== script(document)) {
    leave(form, at);
    return false;
  }
  keep(form.getAttribute("action")); // what stands in other forms
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  giveBack(true);
  token(document).content = token(page).content;
  if (at) history.pushState(null, "", at);
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  return true;
}

// What is typed is kept, but for what arrived.
function leave(form, url) {
  form.reset();
  location.assign(url);
}

const script = (page) => page.querySelector("script[src]").getAttribute("src");
const token = (page) => page.querySelector('meta[name="csrf-token"]');

// Tells who does not see the page that another one is there.
function announcer() {
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  document.body.append(told);
  return told;
}
