import { BlockList, isIP } from "node:net";

/** The header by which the app learns who is calling; whatever a client sends in it is overwritten. */
export const CLIENT_ADDRESS_HEADER = "x-airside-client-address";

/**
 * The address of whoever asks: the peer of the connection, or, if that is a trusted proxy, the last address in
 * X-Forwarded-For that is not one.
 */
export function clientAddress(peer, forwardedFor, trusted) {
  let address = withoutMapping(peer ?? "");
  const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim());
  while (trusts(trusted, address) && hops.length > 0) {
    const hop = withoutMapping(hops.pop());
    if (isIP(hop) === 0) break;
    address = hop;
  }
  return address;
}

/** Addresses and networks, comma-separated, as a list to ask. */
export function parseTrusted(text) {
  const list = new BlockList();
  for (const entry of text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [network, prefix] = entry.split("/");
    const version = isIP(network);
    if (version === 0) throw new Error(`TRUSTED_PROXIES: ${entry} is no address or network`);
    const family = version === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/** Makes every server that is created from now on say who calls, and drop what callers say of it themselves. */
export function installAddressGuard(http, trustedProxies) {
  const trusted = parseTrusted(trustedProxies);
  const createServer = http.createServer;
  http.createServer = function guarded(...args) {
    const server = createServer.apply(this, args);
    server.prependListener("request", (request) => guard(request, trusted));
    return server;
  };
}

function guard(request, trusted) {
  const peer = request.socket.remoteAddress;
  const address = clientAddress(peer, request.headers["x-forwarded-for"], trusted);
  if (!trusts(trusted, withoutMapping(peer ?? ""))) {
    for (const name of Object.keys(request.headers)) {
      if (name === "forwarded" || name.startsWith("x-forwarded-")) delete request.headers[name];
    }
  }
  request.headers["x-forwarded-for"] = address;
  request.headers[CLIENT_ADDRESS_HEADER] = address;
}

function trusts(list, address) {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}

function withoutMapping(address) {
  return address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
