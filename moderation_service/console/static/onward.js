// The next case takes the place of the one just decided: the browser loads no page, style sheet or script anew for it.
// What leads elsewhere, and what goes wrong on the way, is left to the browser.
import { ended, giveBack, keep } from "./kept.js";

const WHOLE = { "HX-Request": "true", "HX-Request-Type": "full" };

/** Send the forms marked `data-onward`, and put the page they lead to in the place of this one's; then call `arrived`. */
export function stayHere(arrived) {
  const told = announcer();
  let shown = address();
  let underway = false;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !("onward" in form.dataset)) return;
    event.preventDefault();
    if (underway) return;
    underway = true;
    try {
      const found = await sent(form, event.submitter);
      if (found && put(found)) {
        shown = address();
        arrived();
        told.textContent = document.title;
      }
    } catch {
      leaveToBrowser(form, event.submitter);
    }
    delete form.dataset.sent; // the same form may still be there, to be sent once more
    underway = false;
  });
  addEventListener("popstate", () => {
    if (address() !== shown) location.reload();
  });
}

const address = () => location.pathname + location.search;

// The page that came of it; null where it leads elsewhere.
async function sent(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const headers = { ...WHOLE, "HX-Current-URL": location.href };
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) {
    if (answer.status === 401) ended(elsewhere);
    else location.assign(elsewhere);
    return null;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) keep(); // a refusal has what was sent, but not what stands in other forms
  return { page, at: answer.headers.get("HX-Push-Url") };
}

function put({ page, at }) {
  const main = page.querySelector("main");
  // Another release of the service came in between: its page wants its own script.
  if (at && script(page) !== script(document)) {
    location.assign(at);
    return false;
  }
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  giveBack();
  token(document).content = token(page).content;
  if (at) history.pushState(null, "", at);
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  return true;
}

const script = (page) => page.querySelector("script[src]").getAttribute("src");
const token = (page) => page.querySelector('meta[name="csrf-token"]');

// Sent once more it is what it became the first time, and the browser says itself what is wrong.
function leaveToBrowser(form, button) {
  delete form.dataset.onward;
  delete form.dataset.sent;
  form.requestSubmit(button);
}

// Tells who does not see the page that another one is there.
function announcer() {
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  document.body.append(told);
  return told;
}
