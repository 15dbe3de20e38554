// How far the verification of the trail is, told while it goes on.
import { keepLive } from "./live.js";

keepLive(document.getElementById("chain-state").dataset.live, 2);
