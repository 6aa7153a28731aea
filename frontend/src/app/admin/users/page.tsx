import { Search } from "@/components/ui/icons";
import Link from "next/link";
import { DataTable } from "@/components/desk/data-table";
import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import { FailureState } from "@/components/ui/failure-state";
import { Badge } from "@/components/ui/notice";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getList } from "@/lib/api/server";
import type { Role, User } from "@/lib/api/types";
import { one } from "@/lib/params";

const ROLES: Role[] = ["CUSTOMER", "FLIGHT_COMPANY", "ADMIN"];

export default async function UsersPage({ searchParams }: PageProps<"/admin/users">) {
  const params = await searchParams;
  const q = one(params.q)?.trim() || undefined;
  const role = ROLES.find((known) => known === one(params.role));
  const cursor = one(params.cursor);
  const [t, found] = await Promise.all([dictionary(), getList<User>(paths.users, { q, role, cursor })]);
  const query = new URLSearchParams({ ...(q && { q }), ...(role && { role }) });
  return (
    <>
      <PageTitle title={t.desk.users} />
      <form method="get" role="search" className="mb-6 grid items-end gap-4 sm:grid-cols-[1fr_14rem_auto]">
        <TextField type="search" name="q" label={t.desk.userSearch} defaultValue={q} maxLength={100} />
        <SelectField name="role" label={t.desk.role} defaultValue={role ?? ""}>
          <option value="">{t.desk.anyRole}</option>
          {ROLES.map((known) => (
            <option key={known} value={known}>
              {t.desk.roles[known]}
            </option>
          ))}
        </SelectField>
        <Button type="submit" look="primary">
          <Search size={18} aria-hidden="true" />
          {t.desk.find}
        </Button>
      </form>
      {!found.ok && <FailureState failure={found.failure} />}
      {found.ok && (
        <>
          <DataTable
            caption={t.desk.users}
            rows={found.value.data}
            keyOf={({ id }) => id}
            empty={t.desk.empty}
            columns={[
              { header: t.desk.id, cell: ({ id }) => id, isFigure: true },
              {
                header: t.desk.name,
                cell: ({ id, name, email }) => (
                  <Link
                    href={`/admin/users/${id}`}
                    prefetch={false}
                    className="inline-flex target items-center font-medium text-sky underline underline-offset-4"
                  >
                    {name || email}
                  </Link>
                ),
              },
              { header: t.desk.email, cell: ({ email }) => email },
              {
                header: t.account.roles,
                cell: ({ roles, airline }) =>
                  roles
                    .map((known) => t.desk.roles[known] + (known === "FLIGHT_COMPANY" && airline ? ` ${airline}` : ""))
                    .join(", "),
              },
              {
                header: t.desk.disabled,
                cell: ({ disabledAt }) => disabledAt !== undefined && <Badge tone="bad">{t.desk.disabled}</Badge>,
              },
            ]}
          />
          <Pager
            href={query.size > 0 ? `/admin/users?${query}` : "/admin/users"}
            cursor={cursor}
            next={found.value.page.next}
            t={t.common}
          />
        </>
      )}
    </>
  );
}
