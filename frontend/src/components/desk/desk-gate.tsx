import { Lock } from "lucide-react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { State } from "@/components/ui/state";
import { dictionary } from "@/i18n";
import { viewer } from "@/lib/api/server";
import type { Role } from "@/lib/api/types";
import { signInPath } from "@/lib/safe-path";

/** Shows a part of the site to who has one of these roles. The gateway checks again whatever is asked there. */
export async function DeskGate({ roles, children }: { roles: Role[]; children: ReactNode }) {
  const user = await viewer();
  if (user === undefined) redirect(signInPath((await headers()).get("x-airside-path") ?? "/"));
  if (roles.some((role) => user.roles.includes(role))) return children;
  const { desk: t } = await dictionary();
  return <State as="h1" icon={Lock} title={t.notAllowed} text={t.notAllowedText} />;
}
