// Starts the built app: node start.mjs [-H HOST] [-p PORT]. HOST and PORT of the environment count otherwise.
import http from "node:http";
import { parseArgs } from "node:util";
import { installAddressGuard } from "./client-address.mjs";

const { values } = parseArgs({ options: { H: { type: "string", short: "H" }, p: { type: "string", short: "p" } } });

process.env.HOSTNAME = process.env.HOST ?? values.H ?? "127.0.0.1";
process.env.PORT = process.env.PORT ?? values.p ?? "3000";
process.env.NODE_ENV = "production";
process.env.AIRSIDE_ADDRESS_GUARD = "installed";
installAddressGuard(http, process.env.TRUSTED_PROXIES ?? "");

await import("./server.js");
