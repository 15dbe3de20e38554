// A certified OpenID Connect provider for the tests: whoever types a subject is that, without a password.
// Usage: node provider.mjs FOLDER PORT RETURN_ADDRESS, where FOLDER holds node_modules.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, returnAddress] = process.argv.slice(2);
const library = createRequire(`${folder}/`).resolve("oidc-provider");
const { default: Provider, interactionPolicy } = await import(pathToFileURL(library).href);

// Nobody is asked whether he agrees: what has been granted is that he signs in.
const policy = interactionPolicy.base();
policy.get("consent").checks.remove("native_client_prompt");

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: "moderation",
    client_secret: "a secret of 24 letters +%",
    redirect_uris: [returnAddress],
    // A native one may come back to any port of this machine (RFC 8252, section 7.3).
    application_type: "native",
    token_endpoint_auth_method: "client_secret_post",
  }],
  claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["for tests only"] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: `Name of ${sub}`, preferred_username: sub.replace("subject-of-", "") }),
  }),
  interactions: { policy },
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});

const page = `<!doctype html><html lang="en"><title>Newsroom ID</title><link rel="icon" href="data:,">
<h1>Newsroom ID</h1><form method="post"><label>Subject <input name="subject"></label> <button>Continue</button></form>`;

provider.use(async (context, next) => {
  if (!context.path.startsWith("/interaction/")) return next();
  if (context.method === "GET") {
    context.body = page;
    return;
  }
  let sent = "";
  for await (const chunk of context.req) sent += chunk;
  const login = { accountId: new URLSearchParams(sent).get("subject") };
  context.respond = false;
  await provider.interactionFinished(context.req, context.res, { login });
});

// The tokens of one subject are tampered with on their way: his claims become another's, under the same signature.
provider.use(async (context, next) => {
  await next();
  if (context.path !== "/token" || !context.body?.id_token) return;
  const [header, payload, signature] = context.body.id_token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  if (claims.sub !== "mallory") return;
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: "ada" })).toString("base64url");
  context.body = { ...context.body, id_token: [header, forged, signature].join(".") };
});

provider.listen(port, "localhost", () => console.log("ready"));
