/** Whether a key that was pressed belongs to a field, or to the browser, rather than to the page. */
export function isTyping(event) {
  const field = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  return Boolean(field) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}
