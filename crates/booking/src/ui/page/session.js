// Signing in, and asking with the token. Tokens are in this module's memory alone: closing or
// reloading the page forgets them.

// Through the gateway its own sign-in is beside the page; on booking's port booking hands it on.
const ADDRESSES = new URL(document.baseURI).pathname.endsWith("/bookingService/ui/")
  ? { signIn: "../../api/v1/signin", refresh: "../../api/v1/token/refresh", signOut: "../../api/v1/signout" }
  : { signIn: "signin", refresh: "refresh", signOut: "signout" };

/** A refusal: what the problem says. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.message ?? `The server answered ${status}`);
    this.status = status;
  }
}

let tokens = null;
let refreshing = null;
let timer = 0;
let onEnd = () => {};

/** Calls `then` when the session is over. */
export function whenOver(then) {
  onEnd = then;
}

async function post(address, body, headers = {}) {
  const json = { "content-type": "application/json" };
  const response = await fetch(address, {
    method: "POST",
    headers: body ? { ...json, ...headers } : headers,
    body: body && JSON.stringify(body),
    credentials: "omit",
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer);
  return answer.data;
}

function keep(grant) {
  tokens = grant;
  clearTimeout(timer);
  // Half a minute before it expires, or halfway if it lives for less than a minute.
  const seconds = Math.max(grant.expiresIn - 30, grant.expiresIn / 2);
  timer = setTimeout(() => refresh().catch(() => {}), seconds * 1000);
}

/** Signs in; whoever is no administrator is signed out again. */
export async function signIn(email, password) {
  keep(await post(ADDRESSES.signIn, { email, password }));
  if (!tokens.user.roles.includes("ADMIN")) {
    await signOut();
    throw new Refused(403, { detail: "Only administrators work the queues" });
  }
}

/** Ends the session, here and at the gateway. */
export async function signOut() {
  const ended = tokens;
  forget();
  if (ended) await post(ADDRESSES.signOut, null, bearer(ended)).catch(() => {});
}

function forget() {
  tokens = null;
  clearTimeout(timer);
}

const bearer = (held) => ({ authorization: `Bearer ${held.jwt}` });

// A refresh token is good once: whoever needs the next one waits for the same request.
function refresh() {
  refreshing ??= post(ADDRESSES.refresh, { refreshToken: tokens.refreshToken })
    .then(keep)
    .finally(() => { refreshing = null; });
  return refreshing;
}

/** Asks; refreshes the token once if it is needed. The response, of which only the head is there. */
export async function open(path, options = {}) {
  for (const isLast of [false, true]) {
    if (!tokens) throw new Refused(401, { detail: "Sign in first" });
    const response = await fetch(path, { ...options, headers: bearer(tokens), credentials: "omit" });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    if (response.status !== 401) throw new Refused(response.status, problem);
    if (isLast || !(await refreshed())) {
      forget();
      onEnd();
      throw new Refused(401, { detail: "The session is over: sign in again" });
    }
  }
}

async function refreshed() {
  try {
    await refresh();
    return true;
  } catch (error) {
    // The gateway that is away for a moment ends no session.
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    return false;
  }
}

/** Asks for JSON. */
export async function ask(path, method = "GET") {
  const response = await open(path, { method });
  return response.json();
}
