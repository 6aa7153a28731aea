import type { Envelope, Problem, Tokens } from "@/lib/api/types";
import { outgoingBody } from "./body";
import { addCookies, clearedCookies, sessionCookies } from "./cookies";
import { clientOf, requestHeaders, responseHeaders } from "./headers";
import { isForeignWrite } from "./origin";
import { problem } from "./problem";
import { bearerOf } from "./session";
import { callGateway } from "./upstream";

interface SessionCall {
  method: string;
  target: string;
}

/** Forwards what answers tokens; they go into cookies, the browser's scripts get the user alone. */
export async function openSession(request: Request, call: SessionCall): Promise<Response> {
  const asked = await ask(request, call);
  if (!asked.answer.ok) return passOn(asked.answer, asked.setCookies);
  const { message, data } = (await asked.answer.json()) as Envelope<Tokens>;
  const answer = Response.json(
    { success: true, message, data: data.user },
    { headers: { "cache-control": "no-store" } },
  );
  addCookies(answer.headers, sessionCookies(data));
  return answer;
}

/** Forwards what ends the session, then forgets it, also if the gateway did not know it any more. */
export async function endSession(request: Request, call: SessionCall): Promise<Response> {
  const { answer, setCookies } = await ask(request, call);
  return passOn(answer, (await isOver(answer)) ? clearedCookies : setCookies);
}

/** An erasure ends the sessions before it is known whether anything blocks it. */
async function isOver(answer: Response): Promise<boolean> {
  if (answer.status !== 409) return answer.ok || answer.status === 401;
  const { code } = (await answer.clone().json()) as Partial<Problem>;
  return code === "ERASURE_BLOCKED";
}

async function ask(request: Request, call: SessionCall): Promise<{ answer: Response; setCookies: readonly string[] }> {
  if (isForeignWrite(request)) return refused(problem(403, "FORBIDDEN", "Another site may not do this"));
  const body = await outgoingBody(request);
  if (body instanceof Response) return refused(body);
  const bearer = await bearerOf(request.headers);
  if (bearer instanceof Response) return refused(bearer);
  const headers = requestHeaders(request.headers, clientOf(request.headers), bearer.accessToken);
  const answer = await callGateway({ ...call, headers, body, signal: request.signal });
  return { answer, setCookies: bearer.setCookies };
}

function refused(answer: Response) {
  return { answer, setCookies: [] };
}

function passOn(answer: Response, setCookies: readonly string[]): Response {
  const headers = responseHeaders(answer.headers);
  addCookies(headers, setCookies);
  return new Response(answer.body, { status: answer.status, headers });
}
