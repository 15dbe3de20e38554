// Elements made one by one: a page's policy may forbid HTML from text (Trusted Types), and style attributes.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const sheets = new Map();

/** Style sheets for a shadow tree, which no `style-src` of the page refuses; a page of many buttons has each once. */
export function dress(root, ...texts) {
  root.adoptedStyleSheets = texts.map((text) => {
    if (!sheets.has(text)) {
      sheets.set(text, new CSSStyleSheet());
      sheets.get(text).replaceSync(text);
    }
    return sheets.get(text);
  });
}

export function icon() {
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const drawing = svg("svg", { viewBox: "0 0 16 16", part: "icon", "aria-hidden": "true" });
  drawing.append(svg("path", { d: "M3 1.5v13M3 2.5h9.5l-2.5 3 2.5 3H3" }));
  return drawing;
}
