import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");

/** Where `cargo xtask up` keeps what belongs to the stack. */
const data = process.env.AIRSIDE_DATA_DIR ?? path.join(root, ".data");

export const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:5000";
export const inbox = process.env.INBOX_URL ?? "http://127.0.0.1:1080";

/** The e-mail address and password of an account that `up` made. */
export function staff(name: "admin" | "airline"): { email: string; password: string } {
  const password = readFileSync(path.join(data, "accounts", `${name}.password`), "utf8").trim();
  return { email: `${name}@airside.example`, password };
}

/** Stops or starts a service of the stack. */
export function xtask(verb: "stop" | "start", service: string): void {
  const [program, before] = process.env.XTASK === undefined ? ["cargo", ["xtask"]] : [process.env.XTASK, []];
  execFileSync(program, [...before, verb, service], { cwd: root, stdio: "ignore" });
}
