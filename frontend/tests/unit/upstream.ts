import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stand-in for the gateway was asked. */
export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Answer = (request: Asked, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server in the place of the gateway, whose answers each test chooses. */
export class Upstream {
  readonly asked: Asked[] = [];
  answer: Answer = (_, response) => json(response, 200, { success: true, data: null });
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = "", url = "", headers } = request;
    const asked = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
    this.asked.push(asked);
    await this.answer(asked, response);
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A token that nobody signed; the route handler only reads when it expires. */
export function token(expiresIn: number, name = "Ada"): string {
  const claims = {
    id: 1,
    email: "ada@example.com",
    name,
    roles: ["CUSTOMER"],
    exp: Math.floor(Date.now() / 1000) + expiresIn,
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encode({ alg: "EdDSA" })}.${encode(claims)}.c2lnbmF0dXJl`;
}
