import type http from "node:http";
import type { BlockList } from "node:net";

export const CLIENT_ADDRESS_HEADER: string;
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trusted: BlockList): string;
export function parseTrusted(text: string): BlockList;
export function installAddressGuard(module: typeof http, trustedProxies: string): void;
