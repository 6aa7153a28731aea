import type { Dictionary } from "@/i18n/en";
import type { Claims } from "@/lib/bff/tokens";
import { signInPath } from "@/lib/safe-path";

export interface NavigationLink {
  href: string;
  label: string;
  icon: "search" | "trips" | "airline" | "admin" | "account" | "signIn";
}

/** Where somebody can go: what an account may not do is not shown to it. */
export function navigation(user: Claims | undefined, t: Dictionary["common"]): NavigationLink[] {
  const links: NavigationLink[] = [{ href: "/", label: t.search, icon: "search" }];
  if (user === undefined) return [...links, { href: signInPath("/"), label: t.signIn, icon: "signIn" }];
  links.push({ href: "/trips", label: t.trips, icon: "trips" });
  const isAdmin = user.roles.includes("ADMIN");
  if (isAdmin || user.roles.includes("FLIGHT_COMPANY"))
    links.push({ href: "/airline", label: t.airline, icon: "airline" });
  if (isAdmin) links.push({ href: "/admin", label: t.admin, icon: "admin" });
  return [...links, { href: "/account", label: t.account, icon: "account" }];
}
