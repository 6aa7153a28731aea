import type { NextConfig } from "next";

/** Headers of every answer; the content security policy has a nonce and is set in src/proxy.ts. */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
];

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: process.cwd(),
  turbopack: { root: process.cwd() },
  poweredByHeader: false,
  reactStrictMode: true,
  // Title and description in the head for everybody; else they come late, in the body, and can be missed there.
  htmlLimitedBots: /.*/,
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
