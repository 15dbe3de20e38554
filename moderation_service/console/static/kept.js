// What is typed and not sent is not lost with a session: the page stays, and whoever signs in again has it back.
// It is kept in this tab alone (sessionStorage), for its writer alone, and no longer than until he is back.
const KEPT = "typed";
const UNKEPT = ["hidden", "submit", "button", "password", "file"];
const me = document.querySelector('meta[name="person"]')?.content; // nobody on the pages of guests

/** Whether something on this page was typed or chosen that is not sent. */
export const typed = () => Boolean(document.querySelector("main [data-typed]")) || forms().some((form) => fields(form).some(isTyped));

const forms = () => [...document.querySelectorAll('main form[method="post"]')];
const fields = (form) => [...form.elements].filter((field) => field.name && !UNKEPT.includes(field.type));
const isBox = (field) => field.type === "checkbox" || field.type === "radio";

function isTyped(field) {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max([...field.options].findLastIndex((option) => option.defaultSelected), 0);
}

/** Keep all that stands in the forms of this page; what is in the one `sent` is dropped if it did arrive. */
export function keep(sent = null) {
  if (!me || !typed()) return;
  const values = (form) => fields(form).filter((field) => !isBox(field) || field.checked).map(({ name, value }) => [name, value]);
  const all = Object.fromEntries(forms().map((form) => [form.getAttribute("action"), values(form)]));
  sessionStorage.setItem(KEPT, JSON.stringify({ person: me, sent, forms: all }));
}

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

function giveBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  if (!kept) return;
  // A form that ended at the sign-in did not arrive.
  if (!me) return sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, sent: null }));
  sessionStorage.removeItem(KEPT);
  if (kept.person !== me) return;
  for (const form of forms()) {
    const values = kept.forms[form.getAttribute("action")];
    if (values && form.getAttribute("action") !== kept.sent) fill(form, values);
  }
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
