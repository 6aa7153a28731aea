import { ArrowRight, ChevronsLeft } from "./icons";
import type { Dictionary } from "@/i18n/en";
import { ButtonLink } from "./button";

interface Props {
  /** The page's URL without a cursor. */
  href: string;
  cursor: string | undefined;
  next: string | null;
  t: Dictionary["common"];
}

/** The service's lists go forward only; the browser's Back goes back. */
export function Pager({ href, cursor, next, t }: Props) {
  if (cursor === undefined && next === null) return null;
  const separator = href.includes("?") ? "&" : "?";
  return (
    <nav aria-label={t.pages} className="mt-6 flex flex-wrap justify-center gap-3">
      {cursor !== undefined && (
        <ButtonLink href={href}>
          <ChevronsLeft size={18} aria-hidden="true" />
          {t.first}
        </ButtonLink>
      )}
      {next !== null && (
        <ButtonLink href={`${href}${separator}cursor=${encodeURIComponent(next)}`}>
          {t.next}
          <ArrowRight size={18} aria-hidden="true" />
        </ButtonLink>
      )}
    </nav>
  );
}
