import type { MetadataRoute } from "next";
import { publicOrigin } from "@/lib/config";

export const dynamic = "force-dynamic";

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: ["/api/", "/book", "/checkout/", "/trips", "/account", "/airline", "/admin"],
    },
    sitemap: publicOrigin && `${publicOrigin}/sitemap.xml`,
  };
}
