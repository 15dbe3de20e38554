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
const isBox = (field) => field.type === "checkbox" || field.type === "radio";

function isTyped(field) {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max([...field.options].findLastIndex((option) => option.defaultSelected), 0);
}

/** Keep what was typed on this page; what is in the form `sent` is dropped if that did arrive. */
export function keep(sent = null) {
  if (!me || !typed()) return;
  const values = (form) => fields(form).filter((field) => !isBox(field) || field.checked).map(({ name, value }) => [name, value]);
  const filled = forms().filter((form) => refused() || isFilled(form));
  const words = Object.fromEntries(filled.map((form) => [form.getAttribute("action"), values(form)]));
  const at = refused()?.dataset.typed || location.pathname + location.search;
  store({ person: me, sent, at, forms: words });
}

const store = (kept) => sessionStorage.setItem(KEPT, JSON.stringify(kept));

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

let over = false;
let sending;
document.addEventListener("submit", (event) => {
  if (event.target.method === "post" && event.target.closest("main")) sending = event;
});
addEventListener("pagehide", () => {
  if (sending && !sending.defaultPrevented) keep(sending.target.getAttribute("action"));
  else if (over) keep();
});

/** Give what was kept back to the forms of this page; what did not arrive waits for the page that has its form. */
export function giveBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  if (!kept) return;
  const problem = document.querySelector("[data-kept]");
  if (problem) offer(problem, kept);
  // What ended at the sign-in, or at a page that tells what went wrong, did not arrive.
  if (!me || problem) return store({ ...kept, sent: null });
  sessionStorage.removeItem(KEPT);
  if (kept.person !== me) return;
  for (const form of forms()) {
    const action = form.getAttribute("action");
    if (kept.forms[action] && action !== kept.sent) fill(form, kept.forms[action]);
    delete kept.forms[action];
  }
  const arrived = kept.sent && !refused();
  if (!arrived && Object.keys(kept.forms).length) store({ ...kept, sent: null });
}

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
giveBack();
