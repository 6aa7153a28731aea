import { Lock } from "@/components/ui/icons";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { FailureState } from "@/components/ui/failure-state";
import { State } from "@/components/ui/state";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getOne, viewer } from "@/lib/api/server";
import { signedIn } from "@/lib/api/signed-in";
import type { Role, User } from "@/lib/api/types";
import { signInPath } from "@/lib/safe-path";

/** Shows a part of the site to who has one of these roles. The gateway checks again whatever is asked there. */
export async function DeskGate({ roles, children }: { roles: Role[]; children: ReactNode }) {
  const here = (await headers()).get("x-airside-path") ?? "/";
  const user = await viewer();
  if (user === undefined) redirect(signInPath(here));
  if (roles.some((role) => user.roles.includes(role))) return children;
  // Somebody who was just given the role still has a token that does not say so.
  const me = await signedIn(await getOne<User>(paths.me), here);
  if (!me.ok) return <FailureState as="h1" failure={me.failure} />;
  const { desk: t } = await dictionary();
  return <State as="h1" icon={Lock} title={t.notAllowed} text={t.notAllowedText} />;
}
