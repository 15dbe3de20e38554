// The dialog of one button. What is typed into it is kept until it is sent, also when it was closed meanwhile.
import { askedBy, faultsIn, questions, refusedOf, requestOf } from "./form.js";
import { dress, make } from "./making.js";
import { articleOf, keyOf, serverOf, themeOf, tongueOf } from "./page.js";
import { mostLikely, placesOf, targetOf } from "./places.js";
import { complain, misused, Sender, senderOf } from "./sending.js";
import { DIALOG } from "./style.js";
import { asked, buttonOf, notice, thanks } from "./views.js";

export class Dialog {
  #button;
  #sender = new Sender();
  #draft = {};
  #outcome = null; // of a request, until the reader has seen it
  #busy = false;
  #quoted = null;
  #article;
  // Made anew each time it opens.
  #host;
  #dialog;
  #panel;
  #questions = [];
  #tongue;

  /** `button` is the `<flag-content>` that the dialog belongs to. */
  constructor(button) {
    this.#button = button;
  }

  /** Show it; `quoted` is what the reader had selected. */
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

  // Under the body and not inside of the button: nothing around the button can hide an open dialog or take it away.
  #mount() {
    const { rule, dir } = themeOf(this.#button);
    this.#host = make("flag-content");
    const root = this.#host.attachShadow({ mode: "open" });
    dress(root, rule, DIALOG);
    this.#panel = make("div", { class: "panel" });
    const named = { part: "dialog", lang: this.#tongue.lang, dir, "aria-labelledby": "title" };
    this.#dialog = make("dialog", named, this.#panel);
    this.#dialog.addEventListener("close", () => this.#unmount());
    // Outside of the shadow tree a key looks as if no field had it, and the page would take it for one of its own.
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

  // Not `disabled`: that would take the focus from whoever pressed it.
  #wait(busy) {
    const { words } = this.#tongue;
    const send = this.#panel.querySelector(".send");
    this.#busy = busy;
    send.setAttribute("aria-disabled", `${busy}`);
    send.textContent = busy ? words.sending : words.send;
    if (busy) this.#panel.querySelector(".notice").replaceChildren();
  }

  /** Mark questions with what is wrong, and lead to the first of them; whether there is one. */
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

// The form speaks the language of the dialog, whatever the reader's browser prefers.
function inTongue(address, lang) {
  const url = address && new URL(address);
  url?.searchParams.set("lang", lang);
  return url?.href;
}
