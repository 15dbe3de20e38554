// What a flag can concern: the whole article, the part that the button is for, the words selected.
import { elementOf, partOf } from "./page.js";

const EXCERPT = 160; // characters
const BEGINNING = 40; // characters

/** The answers to choose from. */
export function placesOf(button, quoted, words) {
  const part = partOf(button);
  const places = [{ value: "article", label: words.whole }];
  if (part) places.push({ value: "part", label: partName(part, words), quote: excerpt(elementOf(part, button)?.innerText, EXCERPT) });
  if (quoted) places.push({ value: "selection", label: words.selection, quote: excerpt(quoted.selector.exact, EXCERPT) });
  return places;
}

/** What is most likely meant: the words selected, unless the button is for a part that they are not in. */
export function mostLikely(button, quoted) {
  const part = partOf(button);
  if (quoted && (!part || quoted.part === part)) return "selection";
  return part ? "part" : "article";
}

/** The answer as the API wants it. */
export function targetOf(place, button, quoted) {
  if (place === "selection") return { kind: "quotation", ...quoted };
  return place === "part" ? { kind: "part", part: partOf(button) } : { kind: "article" };
}

/** What readers call a part of this id. */
export function partName(part, words) {
  if (part === "headline") return words.this_headline;
  return part.startsWith("q") ? words.this_question : words.this_part;
}

/** The same with its first words, which tell it from the others where it cannot be seen which one is meant. */
export function fullPartName(part, button, words) {
  const begins = excerpt(elementOf(part, button)?.innerText, BEGINNING);
  return begins ? `${partName(part, words)} – ${begins}` : partName(part, words);
}

// Up to the end of a word, or of a character where words have no blanks between them.
function excerpt(text, longest) {
  const line = text?.replace(/\s+/g, " ").trim();
  if (!line || line.length <= longest) return line;
  return `${line.slice(0, longest + 1).replace(/ [^ ]*$/, "").slice(0, longest).replace(/[\uD800-\uDBFF]$/, "")} …`;
}
