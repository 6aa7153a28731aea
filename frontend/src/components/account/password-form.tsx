"use client";

import { useRouter } from "next/navigation";
import { Fragment } from "react";
import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { changeSession } from "@/lib/api/client";
import type { User } from "@/lib/api/types";
import { checkFields, filledRule, newPasswordRule } from "@/lib/fields";

interface Props {
  /** Fields start anew when the password was changed. */
  changedAt: string;
  t: Dictionary["account"];
  auth: Dictionary["auth"];
}

export function PasswordForm({ changedAt, t, auth }: Props) {
  const router = useRouter();
  const form = useSubmit(
    checkFields({ currentPassword: filledRule(auth.missing), newPassword: newPasswordRule(auth) }),
    {
      send: (body) => changeSession<User>("password", { method: "PUT", body }),
      onDone: () => router.refresh(),
    },
  );
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      {form.done !== undefined && (
        <Notice tone="good" live>
          {t.passwordChanged}
        </Notice>
      )}
      <Fragment key={changedAt}>
        <TextField
          type="password"
          name="currentPassword"
          label={t.currentPassword}
          autoComplete="current-password"
          error={
            form.errors.currentPassword && (form.failure === undefined ? form.errors.currentPassword : t.wrongPassword)
          }
        />
        <TextField
          type="password"
          name="newPassword"
          label={auth.newPassword}
          hint={auth.passwordHint}
          autoComplete="new-password"
          error={form.errors.newPassword}
        />
      </Fragment>
      <SubmitButton look="secondary" isPending={form.isPending} className="justify-self-start">
        {t.changePassword}
      </SubmitButton>
    </form>
  );
}
