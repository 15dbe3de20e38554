// The form for a rule: parts come and go without the page moving. Without this script each button loads it anew.
const form = () => document.getElementById("rule-form");
const BUILDS = /^(add|remove|look)/;

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (event.target !== form() || !BUILDS.test(button?.value ?? "") || event.target.dataset.asked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  event.target.dataset.asked = "yes";
  const sent = new FormData(event.target, button);
  const typedAt = document.activeElement?.id;
  try {
    const answer = await fetch(event.target.action, { method: "POST", body: new URLSearchParams(sent) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const renewed = page.getElementById("rule-form");
    if (!renewed || answer.redirected) throw new Error("another page came");
    form().replaceWith(document.importNode(renewed, true));
    (form().querySelector("[autofocus]") ?? document.getElementById(typedAt))?.focus();
  } catch {
    // Signed out, or the network is away: the browser itself asks, and shows what comes.
    button.click();
  }
}, true);
