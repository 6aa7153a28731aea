import { openSession } from "@/lib/bff/session-routes";

export function PUT(request: Request): Promise<Response> {
  return openSession(request, { method: "PUT", target: "/api/v1/me/password" });
}
