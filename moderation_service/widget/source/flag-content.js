// The element: a button in place of the link inside of it, which stays there for whenever the button cannot be.
import { Dialog } from "./dialog.js";
import { dress, icon, make } from "./making.js";
import { keyOf, partOf, serverOf, tongueOf } from "./page.js";
import { fullPartName } from "./places.js";
import { quotation } from "./quotation.js";
import { BUTTON } from "./style.js";

const NAME = "flag-content";

class FlagContent extends HTMLElement {
  static observedAttributes = ["article", "key", "lang", "part", "server", "url"];
  #button = null;
  #dialog = new Dialog(this);
  #quoted = null;

  connectedCallback() {
    this.#draw();
    // The words of the part may be yet to come.
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => this.#name(), { once: true });
  }

  attributeChangedCallback(name, before, now) {
    // On a page that goes from story to story: what was typed about the one before is not about this one.
    if ((name === "article" || name === "url") && before !== now) this.#dialog = new Dialog(this);
    if (this.isConnected) this.#draw();
  }

  #draw() {
    // A shadow tree that is there already is the dialog's.
    if (!this.#button && (this.shadowRoot || !this.#isComplete())) return;
    this.#button ??= this.#grow();
    const { lang, words } = tongueOf(this);
    this.#button.lang = lang;
    this.#button.lastChild.textContent = words.flag;
    // It reads what is shown: when all buttons of a page are drawn, the page is laid out once for them.
    queueMicrotask(() => this.#name());
  }

  // Of many buttons on a page each has a name of its own, which begins with what can be seen of it.
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
    // Browsers differ in whether a press leaves the selection alone: it is read before.
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

// An old browser, or a page that loads the script twice or has given the name away, keeps what it has.
const canUpgrade = "showModal" in HTMLDialogElement.prototype && "adoptedStyleSheets" in Document.prototype;
if (canUpgrade && !customElements.get(NAME)) customElements.define(NAME, FlagContent);
