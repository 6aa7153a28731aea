import { ArrowUpRight } from "@/components/ui/icons";
import Link from "next/link";
import { PageTitle } from "@/components/ui/page-title";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { answers } from "@/lib/api/server";
import { adminLinks } from "@/lib/desk/admin-links";

const cardStyle = "flex h-full items-start justify-between gap-3 rounded-card border bg-card p-5 hover:bg-sunk";

export default async function AdminPage() {
  const [t, hasQueues] = await Promise.all([dictionary(), answers(paths.queues)]);
  return (
    <>
      <PageTitle title={t.common.admin} />
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {adminLinks(t.desk).map(({ href, label, about }) => (
          <li key={href}>
            <Link href={href} className={cardStyle}>
              <CardText label={label} about={about} />
              <span aria-hidden="true" className="text-muted">
                →
              </span>
            </Link>
          </li>
        ))}
        {hasQueues && (
          <li>
            <Link href={`/api/gw${paths.queues}`} prefetch={false} target="_blank" className={cardStyle}>
              <CardText label={t.desk.queues} about={t.desk.about.queues} />
              <ArrowUpRight size={16} aria-hidden="true" className="mt-1 shrink-0 text-muted" />
            </Link>
          </li>
        )}
      </ul>
    </>
  );
}

function CardText({ label, about }: { label: string; about: string }) {
  return (
    <span className="grid gap-1">
      <span className="text-17 font-strong">{label}</span>
      <span className="text-13 text-muted">{about}</span>
    </span>
  );
}
