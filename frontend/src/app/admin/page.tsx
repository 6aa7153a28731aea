import { ArrowUpRight } from "@/components/ui/icons";
import Link from "next/link";
import { ButtonLink } from "@/components/ui/button";
import { PageTitle } from "@/components/ui/page-title";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { answers } from "@/lib/api/server";
import { adminLinks } from "@/lib/desk/admin-links";

export default async function AdminPage() {
  const [t, hasQueues] = await Promise.all([dictionary(), answers(paths.queues)]);
  return (
    <>
      <PageTitle title={t.common.admin}>
        {hasQueues && (
          <ButtonLink href={`/api/gw${paths.queues}`} prefetch={false} target="_blank">
            {t.desk.queues}
            <ArrowUpRight size={18} aria-hidden="true" />
          </ButtonLink>
        )}
      </PageTitle>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {adminLinks(t.desk).map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              className="flex target items-center justify-between rounded-card border bg-card p-5 text-17 font-strong hover:bg-sunk"
            >
              {label}
              <span aria-hidden="true" className="text-muted">
                →
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
