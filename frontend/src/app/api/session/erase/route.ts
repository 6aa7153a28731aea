import { endSession } from "@/lib/bff/session-routes";

export function POST(request: Request): Promise<Response> {
  return endSession(request, { method: "DELETE", target: "/api/v1/me" });
}
