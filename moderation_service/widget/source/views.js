// What the dialog shows: the form, what went wrong, and the thanks.
import { make } from "./making.js";

export function buttonOf(label, press, attributes = {}) {
  const button = make("button", { type: "button", ...attributes }, label);
  button.addEventListener("click", press);
  return button;
}

/** The form of one path, with the way to the other. */
export function asked(words, illegal, questions, { send, turn, close }) {
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

/** Why nothing was sent, and what can be done about it; `elsewhere` is the form that needs no script. */
export function notice({ words, region }, outcome, elsewhere) {
  const said = {
    offline: () => words.offline,
    unreachable: () => words.unreachable,
    too_many: () => words.too_many.replace("{time}", clock(outcome.at, region)),
    refused: () => words.not_set_up,
  }[outcome.is]();
  const instead = { unreachable: words.form, refused: words.form_same }[outcome.is];
  return [make("p", {}, said), ...(elsewhere && instead ? [make("p", {}, linkOf(elsewhere, instead))] : [])];
}

/** What is said once it was sent; a repeat (`again`) changes nothing of the first, and is no way to mend it. */
// What had arrived `earlier` stands, and not what was to be sent now.
export function thanks({ words, lang }, { again, earlier, receipt }, { illegal, email, refused }, close) {
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
