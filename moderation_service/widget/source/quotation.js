// The words that the reader had selected, as a TextQuoteSelector (W3C Web Annotation Data Model, 4.2.4).

const AROUND = 48; // characters kept on each side, which tell the place from others with the same words
const LONGEST_QUOTED = 5000;
const NOT_THE_ARTICLE = "flag-content, script, style, noscript, template";

/** The selected words and where they stand: `{part, selector}`; null where nothing fit to be quoted is selected. */
export function quotation() {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const common = range.commonAncestorContainer;
  const element = common.nodeType === Node.ELEMENT_NODE ? common : common.parentElement;
  const part = element?.closest("[data-flag-part]");
  const root = part ?? element?.closest("article, main") ?? document.body;
  const { before, exact, after } = cut(root, range);
  if (!exact.trim() || exact.length > LONGEST_QUOTED) return null;
  return { part: part?.dataset.flagPart, selector: selectorOf(before, exact, after) };
}

/** The text of `root` before, inside and after a range, without what is not the article's. */
function cut(root, range) {
  const text = { before: "", exact: "", after: "" };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(NOT_THE_ARTICLE)) continue;
    const start = startIn(node, range);
    const end = Math.max(start, endIn(node, range));
    text.before += node.data.slice(0, start);
    text.exact += node.data.slice(start, end);
    text.after += node.data.slice(end);
  }
  return text;
}

function startIn(node, range) {
  if (node === range.startContainer) return range.startOffset;
  return range.comparePoint(node, 0) < 0 ? node.length : 0;
}

function endIn(node, range) {
  if (node === range.endContainer) return range.endOffset;
  return range.comparePoint(node, node.length) > 0 ? 0 : node.length;
}

// White space as it is shown: a line end in the page's source is a space to the reader, and to the service.
function selectorOf(before, exact, after) {
  const [prefix, quoted, suffix] = [before, exact, after].map((text) => text.replace(/[ \t\r\n\f]+/g, " "));
  const head = quoted.startsWith(" ") ? " " : "";
  const tail = quoted.endsWith(" ") ? " " : "";
  return {
    type: "TextQuoteSelector",
    exact: quoted.trim(),
    prefix: (prefix + head).replace(/ +$/, " ").trimStart().slice(-AROUND),
    suffix: (tail + suffix).replace(/^ +/, " ").trimEnd().slice(0, AROUND),
  };
}
