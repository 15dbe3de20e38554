// How it looks: in the page's own font and colour scheme, and as its `--flag-…` properties and `::part` say.

// `!important` inside of a shadow tree wins over the page's: rules for everything on a page cannot hide the button.
export const BUTTON = `
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

export const DIALOG = `
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
/** The way to send stays in sight, and off what has the focus; where there is little height, the questions have it. */
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
