import { gatewayTarget } from "./allowlist";
import { outgoingBody, type OutgoingBody } from "./body";
import { addCookies } from "./cookies";
import { withHeartbeat } from "./event-stream";
import { clientOf, requestHeaders, responseHeaders } from "./headers";
import { isForeignWrite } from "./origin";
import { problem } from "./problem";
import { bearerOf, renewed, type Bearer } from "./session";
import { callGateway } from "./upstream";

/** Forwards a request of our pages to the gateway, as whoever the cookies say. */
export async function forward(request: Request): Promise<Response> {
  const target = gatewayTarget(request.method, request.url);
  if (target === undefined) return problem(404, "NOT_FOUND", "There is no such path");
  if (isForeignWrite(request)) return problem(403, "FORBIDDEN", "Another site may not do this");
  const body = await outgoingBody(request);
  if (body instanceof Response) return body;
  const bearer = await bearerOf(request.headers);
  if (bearer instanceof Response) return bearer;
  const [answer, bearerAfter] = await askAs(bearer, request, target, body);
  return toBrowser(answer, bearerAfter.setCookies);
}

/** Asks once more after a refresh if the token was taken back, for example since its bearer has a new role. */
async function askAs(
  bearer: Bearer,
  request: Request,
  target: string,
  body: OutgoingBody,
): Promise<[Response, Bearer]> {
  const ask = (as: Bearer) =>
    callGateway({
      method: request.method,
      target,
      headers: requestHeaders(request.headers, clientOf(request.headers), as.accessToken),
      body,
      signal: request.signal,
    });
  const answer = await ask(bearer);
  const isNew = bearer.setCookies.length > 0;
  if (answer.status !== 401 || isNew || bearer.accessToken === undefined || body.kind === "streamed")
    return [answer, bearer];
  const again = await renewed(bearer.refreshToken, request.headers);
  if (again instanceof Response) return [again, bearer];
  if (again.accessToken === undefined) return [answer, again];
  await answer.body?.cancel();
  return [await ask(again), again];
}

function toBrowser(answer: Response, setCookies: readonly string[]): Response {
  const headers = responseHeaders(answer.headers);
  addCookies(headers, setCookies);
  const isEventStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (isEventStream) headers.set("cache-control", "no-cache, no-transform");
  const body = isEventStream && answer.body !== null ? withHeartbeat(answer.body) : answer.body;
  return new Response(body, { status: answer.status, headers });
}
