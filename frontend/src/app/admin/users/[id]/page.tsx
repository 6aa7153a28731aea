import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RecordForm } from "@/components/desk/record-form";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmedChange } from "@/components/ui/confirmed-change";
import { FailureState } from "@/components/ui/failure-state";
import { Badge } from "@/components/ui/notice";
import { PageTitle } from "@/components/ui/page-title";
import { dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { paths } from "@/lib/api/paths";
import { airlines } from "@/lib/api/reference";
import { getOne } from "@/lib/api/server";
import type { Role, User } from "@/lib/api/types";
import { isId } from "@/lib/params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).desk.users };
}

export default async function UserPage({ params }: PageProps<"/admin/users/[id]">) {
  const { id } = await params;
  if (!isId(id)) notFound();
  const [t, found, known] = await Promise.all([dictionary(), getOne<User>(`/api/v1/${id}`), airlines()]);
  if (!found.ok && found.failure.status === 404) notFound();
  if (!found.ok) return <FailureState as="h1" failure={found.failure} />;
  const user = found.value;
  const roles: Role[] = ["CUSTOMER", "FLIGHT_COMPANY", "ADMIN"];
  const codes = known.ok ? known.value.map(({ code, name }) => ({ value: code, label: `${name} (${code})` })) : [];
  const here = `/admin/users/${user.id}`;
  return (
    <>
      <PageTitle title={user.name || user.email} lead={user.email}>
        <ButtonLink href={`/admin/audit?userId=${user.id}`}>{t.desk.audit}</ButtonLink>
      </PageTitle>
      <div className="grid gap-6 lg:grid-cols-2 lg:items-start">
        <Card aria-labelledby="roles" className="grid gap-4">
          <h2 id="roles" className="text-21">
            {t.account.roles}
          </h2>
          <ul className="grid gap-2">
            {user.roles.map((role) => (
              <li key={role} className="flex flex-wrap items-center justify-between gap-3">
                <span className="font-medium">
                  {t.desk.roles[role]} {role === "FLIGHT_COMPANY" && <span className="figures">{user.airline}</span>}
                </span>
                <ConfirmedChange
                  label={fill(t.desk.revoke, { role: t.desk.roles[role] })}
                  texts={{
                    title: fill(t.desk.revoke, { role: t.desk.roles[role] }),
                    text: user.email,
                    confirm: t.common.delete,
                  }}
                  path={paths.role(user.id, role)}
                  method="DELETE"
                />
              </li>
            ))}
          </ul>
          <UserState user={user} />
        </Card>
        <Card aria-labelledby="grant" className="grid gap-4">
          <h2 id="grant" className="text-21">
            {t.desk.grant}
          </h2>
          <RecordForm
            fields={[
              {
                name: "role",
                label: t.desk.role,
                kind: "select",
                options: roles.map((role) => ({ value: role, label: t.desk.roles[role] })),
              },
              {
                name: "airline",
                label: t.desk.airlineFor,
                kind: "select",
                options: [{ value: "", label: "-" }, ...codes],
              },
            ]}
            fixed={{ id: user.id }}
            path={paths.giveRole}
            method="POST"
            goTo={here}
            submit={t.desk.grant}
          />
        </Card>
      </div>
    </>
  );
}

async function UserState({ user }: { user: User }) {
  const { desk: t } = await dictionary();
  const isDisabled = user.disabledAt !== undefined;
  const label = isDisabled ? t.enable : t.disable;
  return (
    <div className="flex flex-wrap items-center gap-3 border-t pt-4">
      {isDisabled && <Badge tone="bad">{t.disabled}</Badge>}
      <ConfirmedChange
        label={label}
        texts={{ title: `${label}?`, text: user.email, confirm: label }}
        path={paths.user(user.id)}
        method="PATCH"
        body={{ disabled: !isDisabled }}
      />
    </div>
  );
}
