import type { Dictionary } from "@/i18n/en";
import { resources } from "./resources";

/** The parts of the administrators' area. */
export function adminLinks(t: Dictionary["desk"]): { href: string; label: string }[] {
  return [
    { href: "/admin/users", label: t.users },
    { href: "/admin/audit", label: t.audit },
    ...Object.entries(resources).map(([name, { title }]) => ({ href: `/admin/${name}`, label: title(t) })),
    { href: "/airline", label: t.flights },
  ];
}
