// A list to choose from, made one that is filtered by typing; the list itself stays what the form sends.
// After the ARIA Authoring Practices' editable combobox with list autocomplete:
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/examples/combobox-autocomplete-list/

/**
 * Put a field before `select`, hidden from then on; Enter on a choice calls `chosen`. The field is handed back.
 *
 * Who leaves the field takes what is marked, as Enter does. Words that find nothing are left standing: then nothing is
 * chosen, and the form is not sent by a button that looks at its fields. Escape goes back to what was chosen before.
 */
export function filterable(select, chosen) {
  const field = document.createElement("input");
  const list = document.createElement("ul");
  const label = document.querySelector(`label[for="${select.id}"]`);
  Object.assign(field, { id: `${select.id}-filter`, type: "text", autocomplete: "off", spellcheck: false });
  Object.assign(list, { id: `${select.id}-list`, hidden: true, className: "choices" });
  label.htmlFor = field.id;
  label.id = `${select.id}-label`;
  field.placeholder = select.dataset.filter;
  attributes(field, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
  attributes(list, { role: "listbox", "aria-labelledby": label.id });
  select.before(field, list);
  select.hidden = true;
  let active = -1;
  let moved = false; // something else than the choice may be meant by now

  const settle = () => {
    field.value = select.value ? select.selectedOptions[0].text : "";
    tell("");
    close();
  };
  const leave = () => {
    if (!moved || take()) return settle();
    select.value = "";
    tell(select.dataset.none);
    close();
  };
  const tell = (wrong) => {
    moved = Boolean(wrong);
    field.setCustomValidity(wrong);
    field.setAttribute("aria-invalid", String(moved));
  };
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    active = Math.min(Math.max(place, 0), list.children.length - 1);
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", at === active));
    const item = list.children[active];
    if (item) {
      field.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const offer = (typed) => {
    const found = matching(select, typed).map((option) => item(option, select));
    list.replaceChildren(...(found.length ? found : [nothing(select.dataset.none)]));
    list.hidden = false;
    field.setAttribute("aria-expanded", String(!list.hidden));
    mark(0);
  };
  const take = () => {
    const item = list.children[active];
    if (list.hidden || !item?.dataset.value) return false;
    select.value = item.dataset.value;
    settle();
    return true;
  };

  field.addEventListener("focus", () => {
    field.select();
    offer(moved ? field.value : "");
  });
  field.addEventListener("input", () => {
    tell("");
    moved = Boolean(field.value.trim());
    offer(field.value);
  });
  field.addEventListener("blur", leave);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // its Enter ends a word
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) offer("");
      mark(active + (event.key === "ArrowDown" ? 1 : -1));
      moved = true;
    } else if (event.key === "Enter") {
      if (take()) chosen();
    } else {
      if (event.key === "Escape") settle(); // the page's own script leaves the field then
      return;
    }
    event.preventDefault();
  });
  // Before the field loses the focus.
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("[role=option]");
    event.preventDefault();
    if (!item) return;
    active = [...list.children].indexOf(item);
    take();
  });
  settle();
  return field;
}

/**
 * The options that what was typed finds, the likeliest first: it begins their names, or these after their number; each
 * word of it begins a word of their texts; each stands somewhere in their names. Where it finds none, those in whose
 * titles each word begins a word. Among equals come first those with the highest `data-fits`, then the chosen one. For
 * nothing typed that one is first.
 */
function matching(select, typed) {
  const options = [...select.options].filter((option) => option.value);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return ordered(options, (option) => (option.selected ? 0 : 1));
  const byText = ordered(options, (option) => ways.findIndex((found) => found(option, words)));
  return byText.length ? byText : ordered(options, (option) => (begins(option.title, words) ? 0 : -1));
}

const ways = [
  (option, words) => [name(option), name(option).replace(/^\S+\s/, "")].some((it) => it.startsWith(words.join(" "))),
  (option, words) => begins(option.text, words),
  (option, words) => words.every((word) => name(option).includes(word)),
];
const name = (option) => option.dataset.name.toLowerCase();

// By their places, without those whose place is below 0; the sort is stable.
function ordered(options, place) {
  const fits = (option) => Number(option.dataset.fits ?? 0);
  return options
    .filter((option) => place(option) >= 0)
    .sort((one, other) => place(one) - place(other) || fits(other) - fits(one) || other.selected - one.selected);
}

function begins(text, words) {
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}.]+/u);
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}

function nothing(words) {
  const made = document.createElement("li");
  made.textContent = words;
  attributes(made, { role: "option", "aria-disabled": "true" });
  return made;
}

function item(option, select) {
  const made = document.createElement("li");
  made.id = `${select.id}-${option.index}`;
  made.dataset.value = option.value;
  made.textContent = option.text;
  made.setAttribute("role", "option");
  if (option.title) {
    const more = document.createElement("small");
    more.textContent = option.title;
    made.append(more);
  }
  return made;
}

function attributes(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}
