// The page of a backtest that runs: its bar moves by itself, and what came of it is shown when it is done.
import { keepLive } from "./live.js";

const SECONDS = 1;
const card = document.querySelector("[data-live]");
keepLive(card.dataset.live, SECONDS, () => {
  if (document.querySelector("#progress[data-over]")) location.reload();
});
