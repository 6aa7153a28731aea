import type { Metadata } from "next";
import { EraseForm } from "@/components/account/erase-form";
import { PasswordForm } from "@/components/account/password-form";
import { ProfileForm } from "@/components/account/profile-form";
import { Sessions } from "@/components/account/sessions";
import { Verification } from "@/components/account/verification";
import { Card } from "@/components/ui/card";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getList, getOne } from "@/lib/api/server";
import { signedIn } from "@/lib/api/signed-in";
import type { Session, User } from "@/lib/api/types";
import { one } from "@/lib/params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).account.title, robots: { index: false } };
}

export default async function AccountPage({ searchParams }: PageProps<"/account">) {
  const cursor = one((await searchParams).cursor);
  const [t, me, sessions] = await Promise.all([
    dictionary(),
    getOne<User>(paths.me),
    getList<Session>(paths.sessions, { cursor }),
  ]);
  const found = await signedIn(me, "/account");
  if (!found.ok) return <FailureState as="h1" failure={found.failure} />;
  const user = found.value;
  const roles = user.roles.map(
    (role) => t.desk.roles[role] + (role === "FLIGHT_COMPANY" && user.airline ? ` (${user.airline})` : ""),
  );
  return (
    <>
      <PageTitle title={t.account.title} lead={`${user.name} · ${roles.join(", ")}`} />
      <div className="grid gap-6 lg:grid-cols-2 lg:items-start">
        <Card aria-labelledby="profile" className="grid gap-4">
          <h2 id="profile" className="text-21">
            {t.account.profile}
          </h2>
          <Verification isVerified={user.emailVerified} t={t.account} />
          <ProfileForm name={user.name} email={user.email} savedAt={user.updatedAt} t={t.account} auth={t.auth} />
        </Card>
        <Card aria-labelledby="password" className="grid gap-4">
          <h2 id="password" className="text-21">
            {t.account.password}
          </h2>
          <PasswordForm changedAt={user.updatedAt} t={t.account} auth={t.auth} />
        </Card>
        <Card aria-labelledby="sessions" className="lg:col-span-2">
          {sessions.ok ? (
            <Sessions list={sessions.value} cursor={cursor} t={t} />
          ) : (
            <FailureState failure={sessions.failure} />
          )}
        </Card>
        <Card aria-labelledby="danger" className="grid gap-4 border-bad lg:col-span-2">
          <h2 id="danger" className="text-21">
            {t.account.danger}
          </h2>
          <p className="max-w-prose text-muted">{t.account.dangerText}</p>
          <EraseForm t={t.account} auth={t.auth} />
        </Card>
      </div>
    </>
  );
}
