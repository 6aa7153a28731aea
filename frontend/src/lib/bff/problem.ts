/** A failure that this server answers itself, shaped like those of the gateway (RFC 9457). */
export function problem(status: number, code: string, detail: string, headers: HeadersInit = {}): Response {
  const body = {
    type: "about:blank",
    title: titles[status] ?? "Error",
    status,
    code,
    detail,
    success: false,
    message: detail,
  };
  const answer = new Response(JSON.stringify(body), { status, headers });
  answer.headers.set("content-type", "application/problem+json");
  answer.headers.set("cache-control", "no-store");
  return answer;
}

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Content Too Large",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};
