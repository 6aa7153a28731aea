import { Search } from "@/components/ui/icons";
import { DataTable } from "@/components/desk/data-table";
import { LocalTime } from "@/components/local-time";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getList } from "@/lib/api/server";
import type { AuditEntry } from "@/lib/api/types";
import { isId, one } from "@/lib/params";

export default async function AuditPage({ searchParams }: PageProps<"/admin/audit">) {
  const params = await searchParams;
  const userId = number(one(params.userId));
  const actorId = number(one(params.actorId));
  const cursor = one(params.cursor);
  const [t, found] = await Promise.all([dictionary(), getList<AuditEntry>(paths.audit, { userId, actorId, cursor })]);
  const query = new URLSearchParams({ ...(userId && { userId }), ...(actorId && { actorId }) });
  return (
    <>
      <PageTitle title={t.desk.audit} />
      <form method="get" role="search" className="mb-6 grid items-end gap-4 sm:grid-cols-[1fr_1fr_auto]">
        <TextField name="userId" inputMode="numeric" label={t.desk.filterUser} defaultValue={userId} />
        <TextField name="actorId" inputMode="numeric" label={t.desk.filterActor} defaultValue={actorId} />
        <Button type="submit" look="primary">
          <Search size={18} aria-hidden="true" />
          {t.desk.find}
        </Button>
      </form>
      {!found.ok && <FailureState failure={found.failure} />}
      {found.ok && (
        <>
          <DataTable
            caption={t.desk.audit}
            rows={found.value.data}
            keyOf={({ id }) => id}
            empty={t.desk.empty}
            columns={[
              { header: t.desk.when, cell: ({ at }) => <LocalTime instant={at} /> },
              { header: t.desk.what, cell: ({ action }) => t.desk.auditActions[action] },
              { header: t.desk.whom, cell: ({ userId: whom }) => whom, isFigure: true },
              { header: t.desk.who, cell: ({ actorId: who }) => who ?? t.desk.commandLine },
              { header: t.desk.address2, cell: ({ address }) => address ?? "-", isFigure: true },
              { header: t.desk.before, cell: ({ before }) => <Facts facts={before} /> },
              { header: t.desk.after, cell: ({ after }) => <Facts facts={after} /> },
            ]}
          />
          <Pager
            href={query.size > 0 ? `/admin/audit?${query}` : "/admin/audit"}
            cursor={cursor}
            next={found.value.page.next}
            t={t.common}
          />
        </>
      )}
    </>
  );
}

/** What the log kept, as it kept it. */
function Facts({ facts }: { facts: Record<string, unknown> | null }) {
  if (facts === null) return "-";
  return Object.entries(facts).map(([name, value]) => (
    <span key={name} className="block text-13">
      {name}: <span className="figures">{Array.isArray(value) ? value.join(", ") : String(value)}</span>
    </span>
  ));
}

function number(text: string | undefined): string | undefined {
  return isId(text) ? text : undefined;
}
