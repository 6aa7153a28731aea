import { Building2, LogIn, Search, Settings2, Ticket, UserRound, type IconComponent } from "@/components/ui/icons";
import { NavLink } from "./nav-link";
import type { NavigationLink } from "./navigation";

const icons: Record<NavigationLink["icon"], IconComponent> = {
  search: Search,
  trips: Ticket,
  airline: Building2,
  admin: Settings2,
  account: UserRound,
  signIn: LogIn,
};

/** The main links at the thumb on phones. */
export function TabBar({ links, label }: { links: NavigationLink[]; label: string }) {
  return (
    <nav aria-label={label} className="fixed inset-x-0 bottom-0 z-30 flex border-t bg-card sm:hidden">
      {links.map(({ href, label: text, icon }) => {
        const Icon = icons[icon];
        return (
          <NavLink
            key={href}
            href={href}
            className="flex target min-w-0 flex-1 flex-col items-center gap-0.5 px-1 pt-2 pb-1.5 text-13 font-medium text-muted aria-[current=page]:text-ink aria-[current=page]:shadow-[inset_0_3px_0_var(--amber)]"
          >
            <Icon size={20} aria-hidden="true" />
            <span className="max-w-full truncate">{text}</span>
          </NavLink>
        );
      })}
    </nav>
  );
}
