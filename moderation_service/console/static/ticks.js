// Boxes that are ticked by a key, and counted.

/** Tick, or untick, the box of the item that has the focus; of the first in view when none has. */
export function tickCurrent(boxes, item) {
  const items = [...document.querySelectorAll(item)].filter((found) => found.querySelector(boxes));
  const at =
    items.find((found) => found.contains(document.activeElement)) ??
    items.find((found) => found.getBoundingClientRect().bottom > 0);
  if (!at) return false;
  at.querySelector(boxes).click();
}

/** Tick all these boxes; where all are ticked already, none. */
export function tickAll(boxes) {
  const found = [...document.querySelectorAll(boxes)];
  const wanted = found.some((box) => !box.checked);
  for (const box of found) if (box.checked !== wanted) box.click();
}

/** Call `told` with how many are ticked, now and whenever that changes. */
export function ticks(boxes, told) {
  const count = () => told(document.querySelectorAll(`${boxes}:checked`).length);
  document.addEventListener("change", count);
  addEventListener("pageshow", count);
  count();
}
