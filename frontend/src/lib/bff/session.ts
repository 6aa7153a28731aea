import { clearedCookies, readSessionCookies, sessionCookies } from "./cookies";
import { clientOf } from "./headers";
import { problem } from "./problem";
import { refreshOnce } from "./refresh";
import { isFresh } from "./tokens";

/** Who a request comes from, and what its answer must tell the browser about that. */
export interface Bearer {
  accessToken?: string;
  refreshToken?: string;
  setCookies: string[];
}

/** The bearer of a request; an expired access token is refreshed. A problem if that cannot be done right now. */
export async function bearerOf(headers: Headers): Promise<Bearer | Response> {
  const { access, refresh } = readSessionCookies(headers.get("cookie"));
  if (isFresh(access)) return { accessToken: access, refreshToken: refresh, setCookies: [] };
  return renewed(refresh, headers);
}

/** The bearer after a refresh, whatever the access token says. */
export async function renewed(refreshToken: string | undefined, headers: Headers): Promise<Bearer | Response> {
  if (refreshToken === undefined) return { setCookies: [] };
  const result = await refreshOnce(refreshToken, headers, clientOf(headers));
  switch (result.kind) {
    case "tokens":
      return {
        accessToken: result.tokens.jwt,
        refreshToken: result.tokens.refreshToken,
        setCookies: sessionCookies(result.tokens),
      };
    case "over":
      return { setCookies: clearedCookies };
    case "unavailable":
      return problem(503, "UPSTREAM_DOWN", "The session cannot be renewed right now; try again", {
        "retry-after": "1",
      });
  }
}
