import "server-only";

/** Base URL of the gateway, without a slash at its end. */
export const gatewayUrl = (process.env.GATEWAY_URL ?? "http://127.0.0.1:5000").replace(/\/+$/, "");

/** Where browsers see this site, such as `https://airside.example`; unset: whatever host they asked for. */
export const publicOrigin = process.env.PUBLIC_ORIGIN?.replace(/\/+$/, "") || undefined;

/** Cookies are Secure where the site is served over TLS. */
export const secureCookies = publicOrigin?.startsWith("https://") ?? false;
