import { openSession } from "@/lib/bff/session-routes";

export function POST(request: Request): Promise<Response> {
  return openSession(request, { method: "POST", target: "/api/v1/signin" });
}
