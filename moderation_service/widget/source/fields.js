// The questions of the form. Each has its element, its value, and a place for what is wrong with it.
import { make } from "./making.js";

/** One of several answers. `options` are `{value, label, quote}`. */
export function choice(name, legend, options, { value, hint, required = true }) {
  const inputs = options.map((option) =>
    make("input", { type: "radio", name, value: option.value, required, checked: option.value === value }),
  );
  const labels = options.map(({ label, quote }, place) => {
    const words = make("span", {}, label, ...(quote ? [make("q", {}, quote)] : []));
    return make("label", { class: "option" }, inputs[place], words);
  });
  const fault = faultOf(name);
  const set = make(
    "fieldset",
    { role: "radiogroup", part: "field", "aria-required": `${required}`, ...describedBy(name, hint) },
    make("legend", {}, legend),
    ...hintOf(name, hint),
    fault,
    ...labels,
  );
  return field(name, set, set, fault, {
    read: () => inputs.find((input) => input.checked)?.value ?? "",
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
  });
}

/** Words in a line, or in several (`rows`). */
export function text(name, label, { value = "", hint, rows, ...attributes }) {
  const tag = rows ? "textarea" : "input";
  const told = { id: name, name, rows, dir: "auto", part: "input", ...describedBy(name, hint), ...attributes };
  const input = make(tag, rows ? told : { type: "text", ...told });
  input.value = value;
  const fault = faultOf(name);
  const heading = make("label", { class: "name", for: name }, label);
  const whole = make("div", { class: "field", part: "field" }, heading, ...hintOf(name, hint), input, fault);
  return field(name, whole, input, fault, { read: () => input.value.trim(), focus: () => input.focus() });
}

/** One thing to agree with. */
export function tick(name, label, { value }) {
  const input = make("input", { type: "checkbox", name, checked: value, ...describedBy(name) });
  const fault = faultOf(name);
  const whole = make("div", { class: "field", part: "field" });
  whole.append(make("label", { class: "option" }, input, make("span", {}, label)), fault);
  return field(name, whole, input, fault, { read: () => input.checked, focus: () => input.focus() });
}

function field(name, element, marked, fault, { read, focus }) {
  const say = (words) => {
    fault.textContent = words;
    if (words) marked.setAttribute("aria-invalid", "true");
    else marked.removeAttribute("aria-invalid");
  };
  // A browser scrolls to what has the focus, not to what is said of it.
  const lead = () => {
    focus();
    fault.scrollIntoView({ block: "nearest" });
  };
  return { name, element, read, focus: lead, say };
}

const faultOf = (name) => make("p", { class: "error", id: `${name}-error`, part: "error" });
const hintOf = (name, hint) => (hint ? [make("p", { class: "hint", id: `${name}-hint` }, hint)] : []);
const describedBy = (name, hint) => ({
  "aria-describedby": hint ? `${name}-hint ${name}-error` : `${name}-error`,
});
