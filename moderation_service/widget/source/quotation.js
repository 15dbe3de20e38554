// The words that the reader had selected, as a TextQuoteSelector (W3C Web Annotation Data Model, 4.2.4).
import { storyOf } from "./page.js";

const AROUND = 48; // characters kept on each side, which tell the place from others with the same words
const LONGEST_QUOTED = 5000;
const BLOCK = "p, h1, h2, h3, h4, h5, h6, li, blockquote, figcaption, div, section, article, [data-flag-part]";
const NOT_THE_ARTICLE = "flag-content, script, style, noscript, template";

/**
 * The selected words and where they stand: `{part, selector}`; null where nothing fit to be quoted is selected, or
 * something outside of the article that `button` stands in.
 */
export function quotation(button) {
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

/** The text of `root` before, inside and after a range, without what is not the article's; each block on a line. */
function cut(root, range) {
  const cuts = ["", "", ""];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let block;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(NOT_THE_ARTICLE)) continue;
    const start = startIn(node, range);
    const end = Math.max(start, endIn(node, range));
    // White space as it is shown: a line end in the page's source is a blank to the reader.
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
