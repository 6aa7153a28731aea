export const dynamic = "force-dynamic";

/** Whether this process serves; the gateway's health is its own. */
export function GET(): Response {
  return Response.json({ status: "live" }, { headers: { "cache-control": "no-store" } });
}
