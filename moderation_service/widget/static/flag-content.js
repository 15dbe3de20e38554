// <flag-content>: lets readers flag an article, a part of it, or words in it. Licence: Apache-2.0.
// Assembled by scripts/widget.py from widget/source and tongues; change those.
(() => {
"use strict";

const WORDS = {"en":{"cancel":"Cancel","close":"Close","email":"E-mail","email_hint":"Optional. Only to tell you what came of it.","email_wrong":"We cannot send mail to this address.","flag":"Flag content","form":"Use the form on a page of its own","form_same":"The form on a page of its own does the same","illegal":"This is illegal","illegal_hint":"A notice under the Digital Services Act asks for a little more.","legal_good_faith":"I believe in good faith that what I say here is accurate and complete.","legal_incomplete":"What you would rather not say you may leave out: the notice is read all the same, and says what it lacks.","legal_name":"Your name","legal_name_hint":"Not needed for offences against children.","legal_reason":"What makes it illegal?","legal_sent":"Your notice was received. A person looks at it; its page tells you what was decided.","legal_title":"Report illegal content","legal_urls":"Other addresses with the same content","legal_urls_hint":"Optional. One on each line.","legal_where":"Where exactly is it?","legal_why":"Why is it illegal?","legal_why_hint":"Say which facts make it so, and if you can, under which law.","not_set_up":"This button is not set up rightly: nothing can be sent with it.","offline":"You are offline. Nothing was sent, and nothing you wrote is lost: try again when you are back.","ordinary":"Something else is wrong with it","receipt":"See where it stands","receipt_hint":"Keep this link: whoever has it can withdraw the flag.","refused":"This could not be sent: {problem}","required":"Please choose or fill this in.","selection":"The words you selected","send":"Send","sending":"Sending …","sent":"Your flag was received. A person looks at what readers flag.","sent_before":"You flagged this before, and that flag stands as it was: what you chose and wrote now was not added to it.","sent_before_mail":"The answer goes to the e-mail address that you gave now, unless one was kept already.","sent_before_more":"Withdrawing it and flagging the same again brings it back as it was. To say something else, select the words that you mean and flag those.","sent_first":"It is what you sent first: that had arrived, only the answer was lost. What you changed since was not sent; what you wrote is kept here, and you can send it when you open this again. If it is to stand instead of the first, withdraw that by the link below.","sent_mail":"You will get an e-mail when it is decided.","sent_title":"Thank you","this_headline":"The headline","this_part":"This paragraph","this_question":"This question","title":"Flag content","too_many":"Too many flags were sent from here. Try again at {time}.","unreachable":"The service does not answer. Nothing you wrote is lost: try again in a moment.","url_wrong":"Please give full addresses, one on each line: https://…","what":"What is wrong?","where":"What does it concern?","where_hint":"To flag a passage: close this, select its words, and flag again.","whole":"The whole article","why":"Why?","why_hint":"Optional. It is read by the people who decide.","reason_misleading":"It is false or misleading","reason_hate":"It attacks people for who they are","reason_harassment":"It bullies or harasses someone","reason_privacy":"It exposes someone’s private life or data","reason_violence":"It threatens or calls for violence","reason_self_harm":"It encourages suicide or self-harm","reason_scam":"It is a scam or fraud","reason_sexual":"It shows sexual content that does not belong here","reason_other":"Something else is wrong","reason_danger_to_life":"Someone’s life or safety is in danger","reason_child_safety":"A child is exploited or endangered","reason_terrorism":"It supports terrorism","reason_defamation":"It says something false that damages someone","reason_copyright":"It uses someone’s work without permission","reason_illegal_other":"It is illegal for another reason"},"de":{"cancel":"Abbrechen","close":"Schließen","email":"E-Mail","email_hint":"Freiwillig. Nur, um Ihnen zu sagen, was daraus wurde.","email_wrong":"An diese Adresse können wir keine E-Mail schicken.","flag":"Inhalt melden","form":"Das Formular auf einer eigenen Seite benutzen","form_same":"Das Formular auf einer eigenen Seite leistet dasselbe","illegal":"Das ist rechtswidrig","illegal_hint":"Eine Meldung nach dem Gesetz über digitale Dienste fragt etwas mehr.","legal_good_faith":"Ich bin in gutem Glauben überzeugt, dass meine Angaben richtig und vollständig sind.","legal_incomplete":"Was Sie nicht sagen möchten, können Sie weglassen: Die Meldung wird trotzdem gelesen und sagt, was ihr fehlt.","legal_name":"Ihr Name","legal_name_hint":"Nicht nötig bei Straftaten gegen Kinder.","legal_reason":"Was macht ihn rechtswidrig?","legal_sent":"Ihre Meldung ist angekommen. Ein Mensch sieht sie sich an; auf ihrer Seite steht, was entschieden wurde.","legal_title":"Rechtswidrigen Inhalt melden","legal_urls":"Weitere Adressen mit demselben Inhalt","legal_urls_hint":"Freiwillig. Je Zeile eine.","legal_where":"Welche Stelle genau?","legal_why":"Warum ist er rechtswidrig?","legal_why_hint":"Welche Tatsachen machen ihn dazu, und wenn möglich: nach welchem Gesetz?","not_set_up":"Dieser Knopf ist nicht richtig eingerichtet: Mit ihm lässt sich nichts senden.","offline":"Sie sind offline. Nichts wurde gesendet, und nichts, was Sie geschrieben haben, ist verloren: Versuchen Sie es wieder, sobald Sie verbunden sind.","ordinary":"Etwas anderes stimmt damit nicht","receipt":"Sehen, wie es steht","receipt_hint":"Bewahren Sie diesen Link auf: Wer ihn hat, kann die Meldung zurückziehen.","refused":"Das konnte nicht gesendet werden: {problem}","required":"Bitte wählen oder ausfüllen.","selection":"Die markierten Worte","send":"Senden","sending":"Wird gesendet …","sent":"Ihre Meldung ist angekommen. Was gemeldet wird, sieht sich ein Mensch an.","sent_before":"Sie haben das schon gemeldet, und diese Meldung gilt, wie sie war: Was Sie jetzt gewählt und geschrieben haben, kam nicht hinzu.","sent_before_mail":"Die Antwort geht an die jetzt angegebene E-Mail-Adresse, sofern nicht schon eine hinterlegt war.","sent_before_more":"Wird sie zurückgezogen und dasselbe noch einmal gemeldet, gilt sie wieder, wie sie war. Um etwas anderes zu sagen, markieren Sie die Worte, die Sie meinen, und melden diese.","sent_first":"Es ist, was Sie zuerst gesendet haben: Das war angekommen, nur die Antwort ging verloren. Was Sie seither geändert haben, wurde nicht gesendet; was Sie geschrieben haben, bleibt hier stehen, und Sie können es senden, wenn Sie dies noch einmal öffnen. Soll es statt des Ersten gelten, ziehen Sie dieses über den Link unten zurück.","sent_mail":"Sie bekommen eine E-Mail, sobald entschieden ist.","sent_title":"Danke","this_headline":"Die Überschrift","this_part":"Diesen Absatz","this_question":"Diese Frage","title":"Inhalt melden","too_many":"Von hier kamen zu viele Meldungen. Versuchen Sie es um {time} wieder.","unreachable":"Der Dienst antwortet nicht. Nichts, was Sie geschrieben haben, ist verloren: Versuchen Sie es gleich noch einmal.","url_wrong":"Bitte vollständige Adressen angeben, je Zeile eine: https://…","what":"Was stimmt nicht?","where":"Was betrifft es?","where_hint":"Um nur eine Stelle zu melden: schließen, die Worte markieren und noch einmal melden.","whole":"Den ganzen Artikel","why":"Warum?","why_hint":"Freiwillig. Wer entscheidet, liest es.","reason_misleading":"Ist falsch oder irreführend","reason_hate":"Greift Menschen an für das, was sie sind","reason_harassment":"Schikaniert oder belästigt jemanden","reason_privacy":"Gibt Privates oder persönliche Daten preis","reason_violence":"Droht mit Gewalt oder ruft dazu auf","reason_self_harm":"Ermutigt zu Suizid oder Selbstverletzung","reason_scam":"Ist Betrug","reason_sexual":"Zeigt Sexuelles, das hier nicht hingehört","reason_other":"Etwas anderes stimmt nicht","reason_danger_to_life":"Leben oder Sicherheit eines Menschen ist in Gefahr","reason_child_safety":"Ein Kind wird missbraucht oder gefährdet","reason_terrorism":"Unterstützt Terrorismus","reason_defamation":"Behauptet Falsches, das jemandem schadet","reason_copyright":"Verwendet fremde Werke ohne Erlaubnis","reason_illegal_other":"Ist aus einem anderen Grund rechtswidrig"}};
const OFFERED = ["misleading","hate","harassment","privacy","violence","self_harm","scam","sexual","other"];
const ILLEGAL = ["danger_to_life","child_safety","terrorism","violence","hate","defamation","privacy","scam","copyright","illegal_other"];

function make(tag, attributes = {}, ...children) {
const element = document.createElement(tag);
for (const [name, value] of Object.entries(attributes)) {
if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
}
element.append(...children);
return element;
}
const sheets = new Map();
function dress(root, ...texts) {
root.adoptedStyleSheets = texts.map((text) => {
if (!sheets.has(text)) {
sheets.set(text, new CSSStyleSheet());
sheets.get(text).replaceSync(text);
}
return sheets.get(text);
});
}
function icon() {
const svg = (tag, attributes) => {
const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
return element;
};
const drawing = svg("svg", { viewBox: "0 0 16 16", part: "icon", "aria-hidden": "true" });
drawing.append(svg("path", { d: "M3 1.5v13M3 2.5h9.5l-2.5 3 2.5 3H3" }));
return drawing;
}

function choice(name, legend, options, { value, hint, required = true }) {
const inputs = options.map((option) =>
make("input", { type: "radio", name, value: option.value, required, checked: option.value === value }),
);
const labels = options.map(({ label, quote }, place) => {
const words = make("span", {}, label, ...(quote ? [make("q", {}, quote)] : []));
return make("label", { class: "option" }, inputs[place], words);
});
const fault = faultOf(name);
const set = make(
"fieldset",
{ role: "radiogroup", part: "field", "aria-required": `${required}`, ...describedBy(name, hint) },
make("legend", {}, legend),
...hintOf(name, hint),
fault,
...labels,
);
return field(name, set, set, fault, {
read: () => inputs.find((input) => input.checked)?.value ?? "",
focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
});
}
function text(name, label, { value = "", hint, rows, ...attributes }) {
const tag = rows ? "textarea" : "input";
const told = { id: name, name, rows, dir: "auto", part: "input", ...describedBy(name, hint), ...attributes };
const input = make(tag, rows ? told : { type: "text", ...told });
input.value = value;
const fault = faultOf(name);
const heading = make("label", { class: "name", for: name }, label);
const whole = make("div", { class: "field", part: "field" }, heading, ...hintOf(name, hint), input, fault);
return field(name, whole, input, fault, { read: () => input.value.trim(), focus: () => input.focus() });
}
function tick(name, label, { value }) {
const input = make("input", { type: "checkbox", name, checked: value, ...describedBy(name) });
const fault = faultOf(name);
const whole = make("div", { class: "field", part: "field" });
whole.append(make("label", { class: "option" }, input, make("span", {}, label)), fault);
return field(name, whole, input, fault, { read: () => input.checked, focus: () => input.focus() });
}
function field(name, element, marked, fault, { read, focus }) {
const say = (words) => {
fault.textContent = words;
if (words) marked.setAttribute("aria-invalid", "true");
else marked.removeAttribute("aria-invalid");
};
const lead = () => {
focus();
fault.scrollIntoView({ block: "nearest" });
};
return { name, element, read, focus: lead, say };
}
const faultOf = (name) => make("p", { class: "error", id: `${name}-error`, part: "error" });
const hintOf = (name, hint) => (hint ? [make("p", { class: "hint", id: `${name}-hint` }, hint)] : []);
const describedBy = (name, hint) => ({
"aria-describedby": hint ? `${name}-hint ${name}-error` : `${name}-error`,
});

const LONGEST = 5000;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
function questions(words, draft, places) {
return draft.illegal ? legal(words, draft, places) : ordinary(words, draft, places);
}
function ordinary(words, draft, places) {
return [
choice("reason", words.what, reasons(words, OFFERED), { value: draft.reason }),
where(words.where, words, draft, places),
text("why", words.why, { value: draft.why, hint: words.why_hint, rows: 3, maxlength: LONGEST }),
mail(draft, words.email, words.email_hint),
];
}
function legal(words, draft, places) {
const urls = { value: draft.urls, hint: words.legal_urls_hint, rows: 2, inputmode: "url", spellcheck: "false" };
const why = { value: draft.why, hint: words.legal_why_hint, rows: 4, maxlength: LONGEST };
const name = { value: draft.name, hint: words.legal_name_hint, autocomplete: "name", maxlength: 200 };
return [
choice("legal_reason", words.legal_reason, reasons(words, ILLEGAL), { value: draft.legal_reason }),
where(words.legal_where, words, draft, places),
text("urls", words.legal_urls, urls),
text("why", words.legal_why, why),
text("name", words.legal_name, name),
mail(draft, words.email, words.legal_name_hint),
tick("good_faith", words.legal_good_faith, { value: draft.good_faith }),
];
}
const reasons = (words, offered) => offered.map((value) => ({ value, label: words[`reason_${value}`] }));
function where(legend, words, draft, places) {
const hint = places.some(({ value }) => value === "selection") ? null : words.where_hint;
return choice("place", legend, places, { value: draft.place, hint });
}
const mail = (draft, label, hint) =>
text("email", label, { value: draft.email, hint, type: "email", autocomplete: "email", maxlength: 254 });
function faultsIn(draft, words) {
const needed = draft.illegal ? "legal_reason" : "reason";
const faults = draft[needed] ? [] : [[needed, words.required]];
if (draft.email && !MAIL.test(draft.email)) faults.push(["email", words.email_wrong]);
if (draft.illegal && addresses(draft).some((url) => !isAddress(url))) faults.push(["urls", words.url_wrong]);
return new Map(faults);
}
function requestOf(draft, { article, target, said }) {
const { illegal, reason, legal_reason, why, name, email, good_faith } = draft;
const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
if (!illegal) return { path: "/v1/flags", body: { article, target, reason, ...filled({ comment: why, email }), ...said } };
const items = [{ article, target }, ...addresses(draft).map((url) => ({ article: { url } }))];
const told = { reason: legal_reason, good_faith, ...filled({ explanation: why, name, email }) };
return { path: "/v1/legal-notices", body: { items, ...told, ...said } };
}
function askedBy(pointer, draft) {
const [first, place, of] = pointer.replace(/^#?\/?/, "").split("/");
if (first === "items") return of === "target" ? "place" : place > 0 ? "urls" : undefined;
const names = { comment: "why", explanation: "why", target: "place", email: "email", name: "name", good_faith: "good_faith" };
return first === "reason" ? (draft.illegal ? "legal_reason" : "reason") : names[first];
}
function refusedOf(draft, results = []) {
const named = [null, ...addresses(draft)];
return results.flatMap(({ problem }, place) => (problem ? [[named[place], problem.detail].filter(Boolean).join(" – ")] : []));
}
const addresses = (draft) => (draft.urls ?? "").split(/\s+/).filter(Boolean);
const isAddress = (url) => /^https?:\/\/[^/?#\s]+/i.test(url);

const SCRIPT = document.currentScript ?? document.querySelector('script[src*="/widget/v1/"]');
const TAG = /^(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/;
const THEME = ["accent", "on-accent", "ground", "text", "soft", "line", "error", "radius", "font"];
const serverOf = (element) =>
(element.getAttribute("server") ?? SCRIPT?.src.replace(/\/widget\/v1\/.*$/, "") ?? "").replace(/\/+$/, "");
const keyOf = (element) => element.getAttribute("key") ?? SCRIPT?.dataset.key;
/**
* What to speak around an element: the words of the page's language, or English; `tag` is the page's own name for it,
* `region` the reader's.
*/
function tongueOf(element) {
const tag = closest(element, "[lang]")?.getAttribute("lang") || navigator.language;
const lang = Object.hasOwn(WORDS, codeOf(tag)) ? codeOf(tag) : "en";
const region = navigator.languages.find((language) => codeOf(language) === lang) ?? lang;
return { lang, words: WORDS[lang], tag: TAG.test(tag) ? tag : lang, region };
}
const codeOf = (tag) => tag.split(/[-_]/)[0].toLowerCase();
function articleOf(element) {
const id = element.getAttribute("article");
const others = [...document.querySelectorAll("flag-content[article]")].some((e) => e.getAttribute("article") !== id);
const url = element.getAttribute("url") ?? (others ? null : addressOfPage());
const title = element.getAttribute("headline") ?? (others ? null : document.title);
const told = { external_id: id, url: url && absolute(url), title: url && title?.slice(0, 500) };
return Object.fromEntries(Object.entries(told).filter(([, value]) => value));
}
const partOf = (element) =>
element.getAttribute("part") ?? closest(element, "[data-flag-part]")?.dataset.flagPart;
function elementOf(part, button) {
const scope = storyOf(button) ?? document;
return [...scope.querySelectorAll("[data-flag-part]")].find((element) => element.dataset.flagPart === part);
}
const storyOf = (element) => closest(element, "article, main");
function themeOf(element) {
const style = getComputedStyle(element);
const names = THEME.map((name) => `--flag-${name}`).filter((name) => style.getPropertyValue(name));
const kept = names.map((name) => `${name}:${style.getPropertyValue(name)};`);
return { rule: `:host{color-scheme:${style.colorScheme};${kept.join("")}}`, dir: style.direction };
}
function closest(element, selector) {
for (let at = element; at; at = at.getRootNode().host) {
const found = at.closest(selector);
if (found) return found;
}
return null;
}
function absolute(url) {
try {
return new URL(url, document.baseURI).href;
} catch {
return url;
}
}
function addressOfPage() {
const canonical = document.querySelector('link[rel="canonical"][href]')?.href;
if (canonical && new URL(canonical).origin === location.origin) return canonical;
return location.protocol.startsWith("http") ? location.origin + location.pathname : null;
}

const EXCERPT = 160; // characters
const BEGINNING = 40; // characters
function placesOf(button, quoted, words) {
const part = partOf(button);
const places = [{ value: "article", label: words.whole }];
if (part) places.push({ value: "part", label: partName(part, words), quote: excerpt(elementOf(part, button)?.innerText, EXCERPT) });
if (quoted) places.push({ value: "selection", label: words.selection, quote: excerpt(quoted.selector.exact, EXCERPT) });
return places;
}
function mostLikely(button, quoted) {
const part = partOf(button);
if (quoted && (!part || quoted.part === part)) return "selection";
return part ? "part" : "article";
}
function targetOf(place, button, quoted) {
if (place === "selection") return { kind: "quotation", ...quoted };
return place === "part" ? { kind: "part", part: partOf(button) } : { kind: "article" };
}
function partName(part, words) {
if (part === "headline") return words.this_headline;
return part.startsWith("q") ? words.this_question : words.this_part;
}
function fullPartName(part, button, words) {
const begins = excerpt(elementOf(part, button)?.innerText, BEGINNING);
return begins ? `${partName(part, words)} – ${begins}` : partName(part, words);
}
function excerpt(text, longest) {
const line = text?.replace(/\s+/g, " ").trim();
if (!line || line.length <= longest) return line;
return `${line.slice(0, longest + 1).replace(/ [^ ]*$/, "").slice(0, longest).replace(/[\uD800-\uDBFF]$/, "")} …`;
}

const PATIENCE = 10_000; // milliseconds
const DISCREET = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };
const VISITOR = "flag-content";
const LOST = ["offline", "unreachable"]; // whether it arrived, nobody knows
const complaints = new Set();
let remembered;
function random() {
return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
function senderOf(element) {
const reporter = element.getAttribute("reporter");
return reporter ? { reporter } : { visitor: visitor() };
}
function visitor() {
try {
remembered ??= localStorage.getItem(VISITOR);
localStorage.setItem(VISITOR, (remembered ??= random()));
} catch {
remembered ??= random(); // kept as long as the page is
}
return remembered;
}
function misused(key) {
if (key?.startsWith("pk_")) return null;
const problem = "the key of this page does not begin with pk_ and was not sent; if it is a secret one, replace it";
return { is: "refused", problem, errors: [] };
}
function complain({ problem, errors }) {
const told = [problem, ...errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)].join("; ");
if (!complaints.has(told)) console.error(`<flag-content>: ${told} (try \`moderation-service site check\` on this page)`);
complaints.add(told);
}
class Sender {
#key;
#unanswered; // by what was sent, the requests that may have arrived under the key
constructor() {
this.begin();
}
async send(server, key, request) {
const wrong = misused(key);
if (wrong) return wrong;
const outcome = await this.#try(server, key, request);
return outcome.taken ? ((await this.#find(server, key)) ?? outcome) : outcome;
}
begin() {
this.#key = random();
this.#unanswered = new Map();
}
async #find(server, key) {
for (const request of this.#unanswered.values()) {
const outcome = await this.#try(server, key, request);
if (outcome.is !== "refused") return { ...outcome, earlier: true };
}
}
async #try(server, key, request) {
const headers = {
Authorization: `Bearer ${key}`,
"Content-Type": "application/json",
"Idempotency-Key": `"${this.#key}"`,
};
const body = JSON.stringify(request.body);
const outcome = await post(server + request.path, { headers, body });
if (LOST.includes(outcome.is)) this.#unanswered.set(request.path + body, request);
return { ...outcome, request };
}
}
async function post(url, request) {
try {
const answer = await fetch(url, { method: "POST", ...request, signal: AbortSignal.timeout(PATIENCE), ...DISCREET });
return outcomeOf(answer, await answer.json().catch(() => null));
} catch {
return { is: navigator.onLine ? "unreachable" : "offline" };
}
}
function outcomeOf(answer, told) {
if (answer.ok && told?.receipt) {
return { is: "sent", again: answer.status === 200, receipt: told.links?.receipt, results: told.results };
}
if (answer.status === 429) return { is: "too_many", at: timeOf(answer.headers.get("Retry-After")) };
const later = answer.ok || answer.status >= 500 || answer.status === 408 || answer.status === 409;
if (later) return { is: "unreachable" };
const errors = told?.errors ?? [];
const taken = answer.status === 422 && !errors.length;
return { is: "refused", problem: told?.detail ?? `HTTP ${answer.status}`, errors, taken };
}
function timeOf(after) {
const seconds = Number(after ?? 60);
const at = Number.isNaN(seconds) ? Date.parse(after) : Date.now() + seconds * 1000;
return new Date(Math.ceil((Number.isNaN(at) ? Date.now() + 60_000 : at) / 60_000) * 60_000);
}

const BUTTON = `
:host { display: inline-block !important; }
:host([hidden]) { display: none !important; }
@media print { :host { display: none !important; } }
button {
all: initial; color-scheme: inherit; box-sizing: border-box; display: inline-flex; align-items: center; gap: 0.4em;
min-block-size: 1.75rem; min-inline-size: 1.75rem; padding: 0.2em 0.6em; justify-content: center;
border: 1px solid; border-color: color-mix(in srgb, currentColor 40%, transparent);
border-radius: var(--flag-radius, 6px); color: inherit; cursor: pointer;
font-family: var(--flag-font, inherit); font-size: inherit; font-size: max(0.8125em, 12px); line-height: 1.3;
}
button:hover { border-color: currentColor; }
button:focus-visible { outline: 2px solid; outline-offset: 2px; }
svg { inline-size: 1em; block-size: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.5; }
svg:dir(rtl) { transform: scaleX(-1); }
`;
const DIALOG = `
:host { display: block !important; }
dialog {
--accent: var(--flag-accent, #0b5cad); --on-accent: var(--flag-on-accent, #fff);
--ground: var(--flag-ground, #fff); --text: var(--flag-text, #16191d); --soft: var(--flag-soft, #545d66);
--line: var(--flag-line, #7f8892); --error: var(--flag-error, #b3261e);
--radius: var(--flag-radius, 6px); --edge: min(1.25em, 5vw);
visibility: visible; pointer-events: auto; box-sizing: border-box; position: fixed; inset: 0; margin: auto; padding: 0;
inline-size: min(32rem, 100vw); inline-size: min(max(32rem, 512px), 100vw); max-inline-size: 100vw;
block-size: fit-content; max-block-size: calc(100vh - 2rem); max-block-size: calc(100dvh - 2rem);
overflow: auto; overscroll-behavior: contain;
border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.5); background: var(--ground); color: var(--text);
}
@supports (color: light-dark(red, red)) {
dialog {
--accent: var(--flag-accent, light-dark(#0b5cad, #7db9f7)); --on-accent: var(--flag-on-accent, light-dark(#fff, #0d1a26));
--ground: var(--flag-ground, light-dark(#fff, #1c2024)); --text: var(--flag-text, light-dark(#16191d, #e7eaed));
--soft: var(--flag-soft, light-dark(#545d66, #a9b2bb)); --line: var(--flag-line, light-dark(#7f8892, #808b96));
--error: var(--flag-error, light-dark(#b3261e, #ff9d95));
}
}
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
.panel {
all: initial; color-scheme: inherit; box-sizing: border-box; display: block; padding: 1.25em var(--edge) 0; color: var(--text);
font-family: var(--flag-font, inherit); font-size: max(16px, 1rem); line-height: 1.45; overflow-wrap: anywhere;
}
.panel * { box-sizing: border-box; }
[dir="rtl"] :is(h2, legend, label, p, span, q) { unicode-bidi: plaintext; text-align: right; }
h2 { margin: 0; font-size: 1.25em; line-height: 1.3; }
h2:focus { outline: none; }
p { margin: 0; }
.head { display: flex; gap: 0.5em; align-items: start; justify-content: space-between; margin-block-end: 0.75em; }
fieldset, .field { border: 0; margin: 0 0 1em; padding: 0; min-inline-size: 0; display: block; }
legend, .name { padding: 0; font-weight: 650; display: block; margin-block-end: 0.25em; }
.hint, .more { color: var(--soft); font-size: 0.875em; }
.option { display: flex; gap: 0.6em; align-items: start; padding-block: 0.3em; cursor: pointer; }
.option input { flex: none; font-size: inherit; inline-size: 1em; block-size: 1em; margin: 0.225em 0 0; accent-color: var(--accent); }
.option span { flex: 1; min-inline-size: 0; }
q {
display: block; color: var(--soft); font-size: 0.875em; quotes: none;
border-inline-start: 3px solid var(--line); padding-inline-start: 0.6em; margin-block-start: 0.2em;
}
textarea, input:is([type="text"], [type="email"]) {
display: block; inline-size: 100%; margin-block-start: 0.25em; padding: 0.5em 0.6em; font: inherit; color: inherit;
background: transparent; border: 1px solid var(--line); border-radius: var(--radius);
}
textarea { resize: vertical; min-block-size: 4.5em; }
:is(button, textarea, input, a):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[aria-invalid="true"]:is(input, textarea) { border-color: var(--error); border-width: 2px; }
.error { color: var(--error); font-weight: 600; font-size: 0.9375em; margin-block: 0.6em; scroll-margin-block: 4em 1em; }
.error:empty, .notice:empty { display: none; }
.notice { border: 2px solid var(--error); border-radius: var(--radius); padding: 0.6em 0.75em; margin-block-end: 1em; }
.foot {
display: flex; flex-wrap: wrap; gap: 0.6em; margin: 1.25em calc(-1 * var(--edge)) 0; padding: 0.75em var(--edge);
background: var(--ground); border-block-start: 1px solid var(--line);
}
button {
font: inherit; min-block-size: 2.5em; padding: 0.35em 1em; cursor: pointer; color: inherit;
background: transparent; border: 1px solid var(--line); border-radius: var(--radius);
}
.send { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.send[aria-disabled="true"] { opacity: 0.75; cursor: progress; }
.close { flex: none; margin-block-start: -0.2em; min-block-size: 2em; min-inline-size: 2em; padding: 0; line-height: 1; font-size: 1.25em; border-color: transparent; }
.switch { border: 0; padding: 0; min-block-size: 1.75em; color: var(--accent); text-decoration: underline; text-align: start; }
a { color: var(--accent); }
.sent > * + * { margin-block-start: 0.75em; }
@media (min-height: 26em) {
.foot { position: sticky; inset-block-end: 0; }
dialog { scroll-padding-block-end: max(7rem, 112px); }
}
@media (prefers-reduced-motion: no-preference) {
dialog[open] { animation: come 0.15s ease-out; }
@keyframes come { from { opacity: 0; translate: 0 0.5em; } }
}
@media (max-width: 30rem) {
dialog { max-block-size: 100vh; max-block-size: 100dvh; border-radius: 0; border-inline: 0; }
.foot > * { flex: 1 1 8em; }
}
`;

function buttonOf(label, press, attributes = {}) {
const button = make("button", { type: "button", ...attributes }, label);
button.addEventListener("click", press);
return button;
}
function asked(words, illegal, questions, { send, turn, close }) {
const other = buttonOf(illegal ? words.ordinary : words.illegal, turn, { class: "switch", part: "switch" });
const hint = illegal ? [] : [make("p", { class: "hint" }, words.illegal_hint)];
const form = make(
"form",
{ method: "dialog", novalidate: true },
make("div", { class: "notice", role: "alert", part: "notice" }),
...(illegal ? [make("p", { class: "field hint" }, words.legal_incomplete)] : []),
...questions.map(({ element }) => element),
make("div", { class: "field" }, other, ...hint),
make(
"div",
{ class: "foot" },
make("button", { class: "send", part: "send" }, words.send),
buttonOf(words.cancel, close, { part: "cancel" }),
),
);
form.addEventListener("submit", (event) => {
event.preventDefault();
send();
});
return form;
}
function notice({ words, region }, outcome, elsewhere) {
const said = {
offline: () => words.offline,
unreachable: () => words.unreachable,
too_many: () => words.too_many.replace("{time}", clock(outcome.at, region)),
refused: () => words.not_set_up,
}[outcome.is]();
const instead = { unreachable: words.form, refused: words.form_same }[outcome.is];
return [make("p", {}, said), ...(elsewhere && instead ? [make("p", {}, linkOf(elsewhere, instead))] : [])];
}
function thanks({ words, lang }, { again, earlier, receipt }, { illegal, email, refused }, close) {
const sent = illegal ? words.legal_sent : again ? words.sent_before : words.sent;
return make(
"div",
{ class: "sent" },
make("p", {}, sent),
...(earlier ? [make("p", {}, words.sent_first)] : []),
...refused.map((problem) => make("p", { class: "error" }, words.refused.replace("{problem}", () => problem))),
...(email ? [make("p", {}, again ? words.sent_before_mail : words.sent_mail)] : []),
...(again ? [make("p", {}, words.sent_before_more)] : []),
...(receipt ? [make("p", {}, linkOf(`${receipt}?lang=${lang}`, words.receipt, { part: "receipt" }))] : []),
...(receipt ? [make("p", { class: "hint" }, words.receipt_hint)] : []),
make("div", { class: "foot" }, buttonOf(words.close, close, { part: "done" })),
);
}
const linkOf = (href, words, attributes = {}) =>
make("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, words);
const clock = (moment, region) => moment.toLocaleTimeString(region, { hour: "2-digit", minute: "2-digit" });

class Dialog {
#button;
#sender = new Sender();
#draft = {};
#outcome = null; // of a request, until the reader has seen it
#busy = false;
#quoted = null;
#article;
#host;
#dialog;
#panel;
#questions = [];
#tongue;
constructor(button) {
this.#button = button;
}
open(quoted) {
if (this.#dialog?.open) return;
this.#quoted = quoted;
this.#article = articleOf(this.#button);
this.#tongue = tongueOf(this.#button);
this.#draft.place = mostLikely(this.#button, quoted);
this.#mount();
this.#ask();
this.#dialog.showModal();
this.#outcome ??= misused(keyOf(this.#button));
if (this.#outcome) this.#tell();
else this.#questions[0].focus();
}
#mount() {
const { rule, dir } = themeOf(this.#button);
this.#host = make("flag-content");
const root = this.#host.attachShadow({ mode: "open" });
dress(root, rule, DIALOG);
this.#panel = make("div", { class: "panel" });
const named = { part: "dialog", lang: this.#tongue.lang, dir, "aria-labelledby": "title" };
this.#dialog = make("dialog", named, this.#panel);
this.#dialog.addEventListener("close", () => this.#unmount());
for (const key of ["keydown", "keypress", "keyup"]) root.addEventListener(key, (event) => event.stopPropagation());
root.append(this.#dialog);
document.body.append(this.#host);
}
#unmount() {
this.#keep();
this.#host.remove();
this.#dialog = null;
this.#button.focus();
}
#keep() {
for (const question of this.#questions) this.#draft[question.name] = question.read();
}
#ask() {
const { words } = this.#tongue;
this.#questions = questions(words, this.#draft, placesOf(this.#button, this.#quoted, words));
const form = asked(words, this.#draft.illegal, this.#questions, {
send: () => this.#send(),
turn: () => this.#turn(),
close: () => this.#dialog.close(),
});
this.#show(this.#draft.illegal ? words.legal_title : words.title, form);
this.#wait(this.#busy);
}
#turn() {
this.#keep();
this.#draft.illegal = !this.#draft.illegal;
this.#ask();
this.#questions[0].focus();
}
#show(title, content) {
const heading = make("h2", { id: "title", tabindex: "-1", part: "title" }, title);
const attributes = { class: "close", part: "close", "aria-label": this.#tongue.words.close };
const close = buttonOf("×", () => this.#dialog.close(), attributes);
this.#panel.replaceChildren(make("div", { class: "head" }, heading, close), content);
this.#dialog.scrollTop = 0;
return heading;
}
async #send() {
this.#keep();
if (this.#busy || this.#mark(faultsIn(this.#draft, this.#tongue.words))) return;
this.#wait(true);
this.#outcome = await this.#sender.send(serverOf(this.#button), keyOf(this.#button), this.#request());
this.#wait(false);
if (this.#dialog) this.#tell();
}
#request() {
const target = targetOf(this.#draft.place, this.#button, this.#quoted);
const said = { locale: this.#tongue.tag, ...senderOf(this.#button) };
const draft = { ...this.#draft };
return { ...requestOf(draft, { article: this.#article, target, said }), draft };
}
#wait(busy) {
const { words } = this.#tongue;
const send = this.#panel.querySelector(".send");
this.#busy = busy;
send.setAttribute("aria-disabled", `${busy}`);
send.textContent = busy ? words.sending : words.send;
if (busy) this.#panel.querySelector(".notice").replaceChildren();
}
#mark(faults) {
for (const question of this.#questions) question.say(faults.get(question.name) ?? "");
const first = this.#questions.find(({ name }) => faults.has(name));
first?.focus();
return Boolean(first);
}
#tell() {
const outcome = this.#outcome;
this.#outcome = null;
if (outcome.is === "sent") this.#thank(outcome);
else if (outcome.is !== "refused" || !this.#mark(this.#faultsOf(outcome))) this.#warn(outcome);
}
#faultsOf(outcome) {
const { words } = this.#tongue;
const told = outcome.errors.map(({ pointer, detail }) => [askedBy(pointer, this.#draft), detail]);
return new Map(told.map(([name, detail]) => [name, name === "email" ? words.email_wrong : detail]));
}
#warn(outcome) {
if (outcome.is === "refused") complain(outcome);
const elsewhere = inTongue(this.#button.querySelector("a[href]")?.href, this.#tongue.lang);
this.#panel.querySelector(".notice").replaceChildren(...notice(this.#tongue, outcome, elsewhere));
this.#dialog.scrollTop = 0;
}
#thank(outcome) {
const { draft } = outcome.request;
const refused = refusedOf(draft, outcome.results);
const view = thanks(this.#tongue, outcome, { ...draft, refused }, () => this.#dialog.close());
this.#questions = [];
if (!outcome.earlier) this.#draft = {};
this.#sender.begin();
this.#show(this.#tongue.words.sent_title, view).focus();
}
}
function inTongue(address, lang) {
const url = address && new URL(address);
url?.searchParams.set("lang", lang);
return url?.href;
}

const AROUND = 48; // characters kept on each side, which tell the place from others with the same words
const LONGEST_QUOTED = 5000;
const BLOCK = "p, h1, h2, h3, h4, h5, h6, li, blockquote, figcaption, div, section, article, [data-flag-part]";
const NOT_THE_ARTICLE = "flag-content, script, style, noscript, template";
/**
* The selected words and where they stand: `{part, selector}`; null where nothing fit to be quoted is selected, or
* something outside of the article that `button` stands in.
*/
function quotation(button) {
const selection = getSelection();
if (!selection?.rangeCount || selection.isCollapsed) return null;
const range = selection.getRangeAt(0);
const common = range.commonAncestorContainer;
const element = common.nodeType === Node.ELEMENT_NODE ? common : common.parentElement;
const part = element?.closest("[data-flag-part]");
const story = storyOf(button);
if (story && !story.contains(element)) return null;
const root = part ?? element?.closest("article, main") ?? document.body;
const [before, exact, after] = cut(root, range);
if (!exact.trim() || exact.length > LONGEST_QUOTED) return null;
return { part: part?.dataset.flagPart, selector: selectorOf(before, exact, after) };
}
function cut(root, range) {
const cuts = ["", "", ""];
const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
let block;
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
if (node.parentElement.closest(NOT_THE_ARTICLE)) continue;
const start = startIn(node, range);
const end = Math.max(start, endIn(node, range));
const pieces = [node.data.slice(0, start), node.data.slice(start, end), node.data.slice(end)].map(blank);
const first = pieces.findIndex((piece) => piece);
const within = node.parentElement.closest(BLOCK);
if (first >= 0 && within !== block) pieces[first] = `\n${pieces[first]}`;
block = within;
pieces.forEach((piece, place) => (cuts[place] += piece));
}
return cuts.map((text) => text.replace(/ *\n[ \n]*/g, "\n").replace(/ +/g, " "));
}
const blank = (text) => text.replace(/[ \t\r\n\f]+/g, " ");
function startIn(node, range) {
if (node === range.startContainer) return range.startOffset;
return range.comparePoint(node, 0) < 0 ? node.length : 0;
}
function endIn(node, range) {
if (node === range.endContainer) return range.endOffset;
return range.comparePoint(node, node.length) > 0 ? 0 : node.length;
}
function selectorOf(before, exact, after) {
const [head] = exact.match(/^[ \n]*/);
const [tail] = exact.match(/[ \n]*$/);
return {
type: "TextQuoteSelector",
exact: exact.trim(),
prefix: (before + head).trimStart().slice(-AROUND),
suffix: (tail + after).trimEnd().slice(0, AROUND),
};
}

const NAME = "flag-content";
class FlagContent extends HTMLElement {
static observedAttributes = ["article", "key", "lang", "part", "server", "url"];
#button = null;
#dialog = new Dialog(this);
#quoted = null;
connectedCallback() {
this.#draw();
if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => this.#name(), { once: true });
}
attributeChangedCallback(name, before, now) {
if ((name === "article" || name === "url") && before !== now) this.#dialog = new Dialog(this);
if (this.isConnected) this.#draw();
}
#draw() {
if (!this.#button && (this.shadowRoot || !this.#isComplete())) return;
this.#button ??= this.#grow();
const { lang, words } = tongueOf(this);
this.#button.lang = lang;
this.#button.lastChild.textContent = words.flag;
queueMicrotask(() => this.#name());
}
#name() {
const { words } = tongueOf(this);
const part = partOf(this);
if (part) this.#button?.setAttribute("aria-label", `${words.flag}: ${fullPartName(part, this, words)}`);
}
#isComplete() {
const named = this.hasAttribute("article") || this.hasAttribute("url");
if (named && keyOf(this) && serverOf(this)) return true;
console.warn(`<${NAME}> stays a link: it needs \`article\` or \`url\`, and a key (data-key of the script tag)`, this);
return false;
}
#grow() {
const button = make("button", { type: "button", part: "button", "aria-haspopup": "dialog" });
button.append(icon(), make("span", { part: "label" }));
const root = this.attachShadow({ mode: "open", delegatesFocus: true });
dress(root, BUTTON);
root.append(button);
button.addEventListener("pointerdown", () => (this.#quoted = quotation(this)));
button.addEventListener("click", (event) => this.#open(event));
return button;
}
#open(event) {
event.preventDefault(); // in a card that is a link as a whole, it would be followed
try {
this.#dialog.open(event.detail ? this.#quoted : quotation(this)); // a key has no detail, and no press before it
} catch (error) {
console.error(error);
const link = this.querySelector("a[href]");
if (link) location.assign(link.href);
}
}
}
const canUpgrade = "showModal" in HTMLDialogElement.prototype && "adoptedStyleSheets" in Document.prototype;
if (canUpgrade && !customElements.get(NAME)) customElements.define(NAME, FlagContent);
})();
