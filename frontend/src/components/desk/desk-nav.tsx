import { NavLink } from "@/components/layout/nav-link";

export interface DeskLink {
  href: string;
  label: string;
}

export function DeskNav({ label, links }: { label: string; links: DeskLink[] }) {
  return (
    <nav aria-label={label} className="mb-6 flex flex-wrap gap-x-1 border-b">
      {links.map(({ href, label: text }) => (
        <NavLink
          key={href}
          href={href}
          className="-mb-px inline-flex target items-center border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink aria-[current=page]:border-ink aria-[current=page]:text-ink"
        >
          {text}
        </NavLink>
      ))}
    </nav>
  );
}
