// The form that decides: a clause chosen by two letters, and its keys.
import { press } from "./desk.js";
import { filterable } from "./filterable.js";

export const TAKEDOWN = 'button[value="takedown"]';
const CLEAR = 'button[value="clear"]';
let cited, box;

/** Take the form that is on the page, which may be another one than before. */
export function takeForm() {
  cited = document.getElementById("cited");
  box = cited && filterable(cited, () => press(TAKEDOWN));
  // A clearance cites nothing, so that no words in that field are in its way.
  for (const clear of document.querySelectorAll(CLEAR)) clear.formNoValidate = true;
}
takeForm();

export const verdictKeys = {
  c: () => press(CLEAR),
  t: () => (box ? box.focus() : false),
  T: takeDown,
};

// The button of the first of two fields would be pressed by Enter; a verdict never comes from a stray key.
function takeDown() {
  if (!cited) return false;
  if (cited.value) press(TAKEDOWN);
  else box.focus();
}
