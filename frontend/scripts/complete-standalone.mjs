// `next build` leaves static files and our start script out of .next/standalone; with them it runs from anywhere.
import { cpSync, existsSync } from "node:fs";

const standalone = ".next/standalone";
cpSync(".next/static", `${standalone}/.next/static`, { recursive: true });
if (existsSync("public")) cpSync("public", `${standalone}/public`, { recursive: true });
for (const file of ["start.mjs", "client-address.mjs"]) cpSync(`server/${file}`, `${standalone}/${file}`);
