// What is typed is lost neither with a session nor with a step that failed: whoever is back where its form is has it again.
// It is kept in this tab alone (sessionStorage), for its writer alone, and no longer than until then.
const KEPT = "typed";
const UNKEPT = ["hidden", "submit", "button", "password", "file"];
const me = document.querySelector('meta[name="person"]')?.content; // nobody on the pages of guests

/** Whether something on this page was typed or chosen that is not sent. */
export const typed = () => refused() !== null || forms().some(isFilled);

// A page that says why something was not done has what was sent in its forms, as if it had always stood there.
const refused = () => document.querySelector("main [data-typed]");
const forms = () => [...document.querySelectorAll('main form[method="post"]')].filter((form) => fields(form).length);
const fields = (form) => [...form.elements].filter((field) => field.name && !UNKEPT.includes(field.type));
const isFilled = (form) => fields(form).some(isTyped);
const hasWords = (form) => fields(form).some((field) => isTyped(field) && !isBox(field) && field.tagName !== "SELECT");
const isBox = (field) => field.type === "checkbox" || field.type === "radio";

function isTyped(field) {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max([...field.options].findLastIndex((option) => option.defaultSelected), 0);
}

/** Keep what is typed on this page beside what was on others; of the form `sent` it is dropped if that did arrive. */
export function keep(sent = null, isWorthIt = isFilled) {
  if (!me) return;
  const earlier = stored();
  const kept = earlier?.person === me ? earlier : { at: null, forms: {} };
  for (const form of forms()) {
    const action = form.getAttribute("action");
    if (refused() || isWorthIt(form)) kept.forms[action] = values(form);
    else delete kept.forms[action];
  }
  const at = typed() ? refused()?.dataset.typed || location.pathname + location.search : kept.at;
  store({ person: me, sent, at, forms: kept.forms });
}

const values = (form) => fields(form).filter((field) => !isBox(field) || field.checked).map(({ name, value }) => [name, value]);
const stored = () => JSON.parse(sessionStorage.getItem(KEPT));
function store(kept) {
  if (Object.keys(kept.forms).length) sessionStorage.setItem(KEPT, JSON.stringify(kept));
  else forget();
}

/** Keep nothing, of this page or of others. */
const forget = () => sessionStorage.removeItem(KEPT);

/** The session is over, and `way` leads to the sign-in: at once where nothing is typed, else by a link on the page. */
export function ended(way) {
  if (!typed()) return location.assign(way);
  over = true;
  keep();
  if (document.querySelector(".ended")) return;
  const bar = document.getElementById("session-ended").content.cloneNode(true);
  bar.querySelector("a").href = way;
  document.body.append(bar);
}

// Whatever leads away from the page, a link or a key or the browser's own buttons: words are kept, and choices with them;
// choices alone are made anew sooner than they are noticed. Who signs out leaves nothing behind.
let over = false;
let sending;
document.addEventListener("submit", (event) => {
  if (event.target.method === "post") sending = event;
});
addEventListener("pagehide", () => {
  if (!sending || sending.defaultPrevented) keep(null, over ? isFilled : hasWords);
  else if (sending.target.closest("main")) keep(sending.target.getAttribute("action"));
  else forget();
  sending = undefined;
});

/**
 * Give what was kept back to the forms of this page; what did not arrive waits for the page that has its form.
 * `isAnswer` says whether the page is what the service made of the form that was sent: a gateway may have answered that.
 */
export function giveBack(isAnswer) {
  const kept = stored();
  if (!kept) return;
  const problem = document.querySelector("[data-kept]");
  if (problem) offer(problem, kept);
  // What ended at the sign-in, or at a page that tells what went wrong, did not arrive.
  if (!me || problem) return store({ ...kept, sent: null });
  if (kept.person !== me) return forget();
  if (isAnswer) delete kept.forms[kept.sent];
  for (const form of forms()) {
    const action = form.getAttribute("action");
    if (kept.forms[action]) fill(form, kept.forms[action]);
    delete kept.forms[action];
  }
  store({ ...kept, sent: null });
}

// The service answers a form with a page, or leads on to one; a bookmark may lead on too, but comes from nowhere.
const wasSentFor = () =>
  Boolean(document.querySelector('meta[name="answers"]')) ||
  (document.referrer && performance.getEntriesByType("navigation")[0]?.redirectCount > 0);

function offer(problem, kept) {
  if (me && kept.person !== me) return;
  problem.querySelector("a").href = kept.at;
  problem.hidden = false;
}

function fill(form, values) {
  for (const field of fields(form)) {
    const at = values.findIndex(([name, value]) => name === field.name && (!isBox(field) || value === field.value));
    if (isBox(field)) field.checked = at >= 0;
    else if (at >= 0) [[, field.value]] = values.splice(at, 1);
    if (isTyped(field)) field.closest("details")?.setAttribute("open", "");
  }
}
giveBack(wasSentFor());
