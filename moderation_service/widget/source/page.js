// What the page says: its language, direction and colours, the article, the part, and whose key is used.
import { WORDS } from "tongues";

// A classic script knows its own tag while it runs; one that a site bundled is found by its address.
const SCRIPT = document.currentScript ?? document.querySelector('script[src*="/widget/v1/"]');
const TAG = /^(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/;
// What a site may set on any element around the button, and what the dialog takes over from there.
const THEME = ["accent", "on-accent", "ground", "text", "soft", "line", "error", "radius", "font"];

export const serverOf = (element) =>
  (element.getAttribute("server") ?? SCRIPT?.src.replace(/\/widget\/v1\/.*$/, "") ?? "").replace(/\/+$/, "");

export const keyOf = (element) => element.getAttribute("key") ?? SCRIPT?.dataset.key;

/**
 * What to speak around an element: the words of the page's language, or English; `tag` is the page's own name for it,
 * `region` the reader's.
 */
export function tongueOf(element) {
  const tag = closest(element, "[lang]")?.getAttribute("lang") || navigator.language;
  const lang = Object.hasOwn(WORDS, codeOf(tag)) ? codeOf(tag) : "en";
  const region = navigator.languages.find((language) => codeOf(language) === lang) ?? lang;
  return { lang, words: WORDS[lang], tag: TAG.test(tag) ? tag : lang, region };
}

const codeOf = (tag) => tag.split(/[-_]/)[0].toLowerCase();

/** The article as the API wants it named. Its address is told where the site gives one, or the page is only about it. */
export function articleOf(element) {
  const id = element.getAttribute("article");
  const others = [...document.querySelectorAll("flag-content[article]")].some((e) => e.getAttribute("article") !== id);
  const url = element.getAttribute("url") ?? (others ? null : addressOfPage());
  const title = element.getAttribute("headline") ?? (others ? null : document.title);
  const told = { external_id: id, url: url && absolute(url), title: url && title?.slice(0, 500) };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value));
}

/** The id of the part that a button is for: its own word, or where it stands. */
export const partOf = (element) =>
  element.getAttribute("part") ?? closest(element, "[data-flag-part]")?.dataset.flagPart;

/** The element of the page that shows a part of the article. */
export function elementOf(part, button) {
  const scope = storyOf(button) ?? document;
  return [...scope.querySelectorAll("[data-flag-part]")].find((element) => element.dataset.flagPart === part);
}

/** The element of the page that shows the article around something; null where nothing says so. */
export const storyOf = (element) => closest(element, "article, main");

/** What a style sheet has to say so that something elsewhere on the page looks as if it stood where `element` does. */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const names = THEME.map((name) => `--flag-${name}`).filter((name) => style.getPropertyValue(name));
  const kept = names.map((name) => `${name}:${style.getPropertyValue(name)};`);
  return { rule: `:host{color-scheme:${style.colorScheme};${kept.join("")}}`, dir: style.direction };
}

/** `Element.closest`, which also looks outside of the shadow trees that the element is in. */
function closest(element, selector) {
  for (let at = element; at; at = at.getRootNode().host) {
    const found = at.closest(selector);
    if (found) return found;
  }
  return null;
}

// What cannot be an address is told as it is: the service says so in words.
function absolute(url) {
  try {
    return new URL(url, document.baseURI).href;
  } catch {
    return url;
  }
}

function addressOfPage() {
  const canonical = document.querySelector('link[rel="canonical"][href]')?.href;
  // What an agency wrote has its address elsewhere, and the site decides about its own page.
  if (canonical && new URL(canonical).origin === location.origin) return canonical;
  // What follows the path may be the reader's own: a search, a token of a newsletter.
  return location.protocol.startsWith("http") ? location.origin + location.pathname : null;
}
