import Link from "next/link";
import type { Dictionary } from "@/i18n/en";
import type { Claims } from "@/lib/bff/tokens";
import { NavLink } from "./nav-link";
import type { NavigationLink } from "./navigation";
import { Wordmark } from "./wordmark";

interface Props {
  links: NavigationLink[];
  user: Claims | undefined;
  t: Dictionary["common"];
}

const linkStyle =
  "target inline-flex items-center rounded-control px-3 font-medium text-muted transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:text-ink aria-[current=page]:underline aria-[current=page]:decoration-amber aria-[current=page]:decoration-2 aria-[current=page]:underline-offset-8";

export function SiteHeader({ links, user, t }: Props) {
  return (
    <header className="border-b bg-card">
      <div className="mx-auto flex max-w-6xl items-center gap-1 py-2 pr-1 pl-4 sm:pr-3 sm:pl-6">
        <Link href="/" className="mr-auto inline-flex target items-center rounded-control" aria-label="Airside">
          <Wordmark />
        </Link>
        <nav aria-label={t.menu} className="hidden items-center gap-1 sm:flex">
          {links.map((link) => (
            <NavLink key={link.href} href={link.href} className={linkStyle}>
              {link.label}
            </NavLink>
          ))}
        </nav>
        {user !== undefined && (
          <form method="post" action="/api/session/signout">
            <button className={linkStyle}>{t.signOut}</button>
          </form>
        )}
      </div>
    </header>
  );
}
