const id = "[0-9]{1,19}";
const ulid = "[0-9A-HJKMNP-TV-Z]{26}";
const flights = "/flightsService/api/v1";
const booking = "/bookingService/api/v1";

/**
 * What browsers may ask of the gateway through us. Paths that answer tokens (sign in, refresh, a new password) are
 * not here: src/app/api/session has them, and keeps the tokens in cookies.
 */
const routes: ReadonlyArray<[methods: string, path: string]> = [
  ["POST", "/api/v1/signup"],
  ["GET PATCH", "/api/v1/me"],
  ["GET", "/api/v1/sessions"],
  ["DELETE", `/api/v1/sessions/${ulid}`],
  ["POST", "/api/v1/email/(verify|verification)"],
  ["POST", "/api/v1/password/(forgot|reset)"],
  ["POST", "/api/v1/role"],
  ["GET", "/api/v1/(users|audit)"],
  ["PATCH", `/api/v1/users/${id}`],
  ["DELETE", `/api/v1/users/${id}/roles/(CUSTOMER|FLIGHT_COMPANY|ADMIN)`],
  ["GET", `/api/v1/${id}`],
  ["GET POST", `${flights}/(city|airport|airline|airplane|flight)`],
  ["GET PATCH PUT DELETE", `${flights}/(city|airport|airplane|flight)/${id}`],
  ["GET POST", `${flights}/airplane/${id}/seat`],
  ["DELETE", `${flights}/airplane/${id}/seat/${id}`],
  ["GET", `${flights}/flight/${id}/load`],
  ["PATCH", `${flights}/flight/${id}/seats`],
  ["GET POST", `${booking}/booking`],
  ["POST", `${booking}/booking/payments`],
  ["GET", `${booking}/booking/${id}(/events)?`],
  ["POST", `${booking}/booking/${id}/cancel`],
  ["GET", "/bookingService/ui(/[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*)*/?"],
  ["GET", "/(flightsService/|bookingService/|notificationService/)?api/v1/ping(/health)?"],
];

const compiled = routes.map(([methods, path]) => ({ methods: methods.split(" "), path: new RegExp(`^${path}$`) }));

/**
 * The gateway's path and query for a request to /api/gw, or nothing if it may not be asked. An escape, a dotted or an
 * empty segment never passes, since no route allows its characters.
 */
export function gatewayTarget(method: string, url: string): string | undefined {
  const { pathname, search } = new URL(url);
  if (!pathname.startsWith("/api/gw/")) return undefined;
  const path = pathname.slice("/api/gw".length);
  const asked = method === "HEAD" ? "GET" : method;
  const allowed = compiled.some((route) => route.methods.includes(asked) && route.path.test(path));
  return allowed ? path + search : undefined;
}
