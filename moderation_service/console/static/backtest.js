// The page of a backtest that runs: its bar moves by itself, and what came of it is shown when it is done.
import { keepLive } from "./live.js";

const SECONDS = 1;
const card = document.getElementById("progress").closest("[data-live]");
new MutationObserver(() => {
  if (card.querySelector("#progress[data-over]")) location.reload();
}).observe(card, { childList: true });
keepLive(card.dataset.live, SECONDS);
