// Images of an article: none is loaded before somebody asks for it, and then it comes up as he prefers to meet it.

/** Put a button in the place of each link that opens an image by itself, as pages without scripts have it. */
export function furnishImages() {
  for (const link of document.querySelectorAll(".picture > a")) {
    const figure = link.parentElement;
    const asking = document.createElement("button");
    asking.type = "button";
    asking.textContent = link.textContent;
    asking.addEventListener("click", () => show(figure, link.href, asking));
    link.replaceWith(asking);
  }
}

async function show(figure, address, asking) {
  if (figure.ariaBusy === "true") return;
  const told = figure.querySelector("[role=status]");
  told.textContent = told.dataset.waiting;
  figure.ariaBusy = "true";
  try {
    const image = await loaded(address);
    told.textContent = told.dataset.shown;
    unfold(figure, image, asking);
  } catch (error) {
    told.textContent = error.words ?? told.dataset.failed;
  }
  figure.ariaBusy = "false";
}

// Asked for by a script first, since an <img> says nothing of what went wrong; it then takes the browser's own copy.
async function loaded(address) {
  const answer = await fetch(address);
  const kind = answer.headers.get("content-type") ?? "";
  if (!kind.startsWith("image/")) {
    throw Object.assign(new Error(kind), kind.startsWith("text/plain") ? { words: await answer.text() } : {});
  }
  await answer.blob();
  const image = new Image();
  image.alt = "";
  image.src = address;
  await image.decode();
  return image;
}

// A press on the image takes the blur away, and another puts it back; another button does the same with its colours.
function unfold(figure, image, asking) {
  const [view, grey] = figure.querySelectorAll("[aria-pressed]");
  const { blur, grey: inGrey } = figure.closest("[data-blur]").dataset;
  view.ariaPressed = String(blur !== "yes");
  grey.ariaPressed = String(inGrey === "yes");
  for (const button of [view, grey]) {
    button.hidden = false;
    button.addEventListener("click", () => (button.ariaPressed = String(button.ariaPressed !== "true")));
  }
  view.append(image);
  // Who has gone elsewhere in the meantime, to type or to ask for another one, stays there.
  if (document.activeElement === asking) view.focus();
  asking.remove();
}
