import type { Dictionary } from "@/i18n/en";
import { resources, type ResourceName } from "./resources";

/** The parts of the administrators' area. */
export function adminLinks(t: Dictionary["desk"]): { href: string; label: string; about: string }[] {
  return [
    { href: "/admin/users", label: t.users, about: t.about.users },
    { href: "/admin/audit", label: t.audit, about: t.about.audit },
    ...Object.entries(resources).map(([name, { title }]) => ({
      href: `/admin/${name}`,
      label: title(t),
      about: t.about[name as ResourceName],
    })),
    { href: "/airline", label: t.flights, about: t.about.flights },
  ];
}
