import type { MetadataRoute } from "next";
import { publicOrigin } from "@/lib/config";

export const dynamic = "force-dynamic";

export default function sitemap(): MetadataRoute.Sitemap {
  const origin = publicOrigin ?? "http://localhost:3000";
  return ["/", "/signin", "/signup"].map((path) => ({ url: origin + path }));
}
