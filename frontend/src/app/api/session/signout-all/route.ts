import { endSession } from "@/lib/bff/session-routes";

export function POST(request: Request): Promise<Response> {
  return endSession(request, { method: "POST", target: "/api/v1/signout/all" });
}
