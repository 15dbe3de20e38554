// What is asked: of whoever finds something wrong, and of whoever says that it is illegal (Digital Services Act, Article 16).
import { ILLEGAL, OFFERED } from "tongues";
import { choice, text, tick } from "./fields.js";

const LONGEST = 5000;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** The questions, filled with the draft; `places` are the options for what is concerned. */
export function questions(words, draft, places) {
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

/** What is missing or cannot be right, by the question's name; a notice that leaves out the rest is taken as it is. */
export function faultsIn(draft, words) {
  const needed = draft.illegal ? "legal_reason" : "reason";
  const faults = draft[needed] ? [] : [[needed, words.required]];
  if (draft.email && !MAIL.test(draft.email)) faults.push(["email", words.email_wrong]);
  if (draft.illegal && addresses(draft).some((url) => !isAddress(url))) faults.push(["urls", words.url_wrong]);
  return new Map(faults);
}

/** The path and the body of the request that a draft becomes. */
export function requestOf(draft, { article, target, said }) {
  const { illegal, reason, legal_reason, why, name, email, good_faith } = draft;
  const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
  if (!illegal) return { path: "/v1/flags", body: { article, target, reason, ...filled({ comment: why, email }), ...said } };
  const items = [{ article, target }, ...addresses(draft).map((url) => ({ article: { url } }))];
  const told = { reason: legal_reason, good_faith, ...filled({ explanation: why, name, email }) };
  return { path: "/v1/legal-notices", body: { items, ...told, ...said } };
}

/** The question that a problem's JSON pointer is about; undefined for what no question asks. */
export function askedBy(pointer, draft) {
  const [first, place, of] = pointer.replace(/^#?\/?/, "").split("/");
  if (first === "items") return of === "target" ? "place" : place > 0 ? "urls" : undefined;
  const names = { comment: "why", explanation: "why", target: "place", email: "email", name: "name", good_faith: "good_faith" };
  return first === "reason" ? (draft.illegal ? "legal_reason" : "reason") : names[first];
}

/** What of a notice was not taken though the rest of it was: each address with the reason; the article has none. */
export function refusedOf(draft, results = []) {
  const named = [null, ...addresses(draft)];
  return results.flatMap(({ problem }, place) => (problem ? [[named[place], problem.detail].filter(Boolean).join(" – ")] : []));
}

const addresses = (draft) => (draft.urls ?? "").split(/\s+/).filter(Boolean);
const isAddress = (url) => /^https?:\/\/[^/?#\s]+/i.test(url);
