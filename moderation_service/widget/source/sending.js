// What one dialog sends, as often as it takes: all of it carries one key, so that it is one flag.

const PATIENCE = 10_000; // milliseconds
const DISCREET = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };
const VISITOR = "flag-content";
const LOST = ["offline", "unreachable"]; // whether it arrived, nobody knows
const complaints = new Set();
let remembered;

/** Random words that nobody guesses; `crypto.randomUUID` is missing on pages without TLS. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Who sends: the site's own id for the reader, or what tells this browser from others behind the same network. */
export function senderOf(element) {
  const reporter = element.getAttribute("reporter");
  return reporter ? { reporter } : { visitor: visitor() };
}

function visitor() {
  try {
    remembered ??= localStorage.getItem(VISITOR);
    localStorage.setItem(VISITOR, (remembered ??= random()));
  } catch {
    remembered ??= random(); // kept as long as the page is
  }
  return remembered;
}

/** The outcome for a key that pages must not have, which is never sent; null for one that they may have. */
export function misused(key) {
  if (key?.startsWith("pk_")) return null;
  const problem = "the key of this page does not begin with pk_ and was not sent; if it is a secret one, replace it";
  return { is: "refused", problem, errors: [] };
}

/** Tell who set the button up, once, what no reader can mend. */
export function complain({ problem, errors }) {
  const told = [problem, ...errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)].join("; ");
  if (!complaints.has(told)) console.error(`<flag-content>: ${told} (try \`moderation-service site check\` on this page)`);
  complaints.add(told);
}

/** Sends what one dialog has to say. */
export class Sender {
  #key;
  #unanswered; // by what was sent, the requests that may have arrived under the key

  constructor() {
    this.begin();
  }

  /** The outcome: `{is: "sent" | "offline" | "unreachable" | "too_many" | "refused", request, …}`; never an exception. */
  // `request` is what it is the outcome of: an `earlier` one than this, where that had arrived and its answer got lost.
  async send(server, key, request) {
    const wrong = misused(key);
    if (wrong) return wrong;
    const outcome = await this.#try(server, key, request);
    return outcome.taken ? ((await this.#find(server, key)) ?? outcome) : outcome;
  }

  /** Whatever comes next is another flag. */
  begin() {
    this.#key = random();
    this.#unanswered = new Map();
  }

  // Under one key the service takes one request, which is told when it comes again, and what differs is refused.
  async #find(server, key) {
    for (const request of this.#unanswered.values()) {
      const outcome = await this.#try(server, key, request);
      if (outcome.is !== "refused") return { ...outcome, earlier: true };
    }
  }

  async #try(server, key, request) {
    const headers = {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Idempotency-Key": `"${this.#key}"`,
    };
    const body = JSON.stringify(request.body);
    const outcome = await post(server + request.path, { headers, body });
    if (LOST.includes(outcome.is)) this.#unanswered.set(request.path + body, request);
    return { ...outcome, request };
  }
}

async function post(url, request) {
  try {
    const answer = await fetch(url, { method: "POST", ...request, signal: AbortSignal.timeout(PATIENCE), ...DISCREET });
    return outcomeOf(answer, await answer.json().catch(() => null));
  } catch {
    return { is: navigator.onLine ? "unreachable" : "offline" };
  }
}

function outcomeOf(answer, told) {
  if (answer.ok && told?.receipt) {
    return { is: "sent", again: answer.status === 200, receipt: told.links?.receipt, results: told.results };
  }
  if (answer.status === 429) return { is: "too_many", at: timeOf(answer.headers.get("Retry-After")) };
  // 409: the first try with this key has not ended yet.
  const later = answer.ok || answer.status >= 500 || answer.status === 408 || answer.status === 409;
  if (later) return { is: "unreachable" };
  const errors = told?.errors ?? [];
  // What is wrong with a field is said of it; else it is the key, under which something was taken before.
  const taken = answer.status === 422 && !errors.length;
  return { is: "refused", problem: told?.detail ?? `HTTP ${answer.status}`, errors, taken };
}

/** The moment that `Retry-After` means, in seconds from now or as a date; up to the next full minute. */
function timeOf(after) {
  const seconds = Number(after ?? 60);
  const at = Number.isNaN(seconds) ? Date.parse(after) : Date.now() + seconds * 1000;
  return new Date(Math.ceil((Number.isNaN(at) ? Date.now() + 60_000 : at) / 60_000) * 60_000);
}
