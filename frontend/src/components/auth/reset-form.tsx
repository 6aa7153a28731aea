"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { ButtonLink } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import { checkFields, newPasswordRule } from "@/lib/fields";

export function ResetForm({ token, t }: { token: string; t: Dictionary["auth"] }) {
  const form = useSubmit(checkFields({ newPassword: newPasswordRule(t) }), {
    send: ({ newPassword }) => change<null>(paths.resetPassword, { method: "POST", body: { token, newPassword } }),
    explain: (failure) => (failure.errors?.some(({ field }) => field === "token") ? t.linkBad : undefined),
  });
  if (form.done !== undefined) {
    return (
      <div className="grid gap-4">
        <Notice tone="good" live>
          {t.resetDone}
        </Notice>
        <ButtonLink look="primary" href="/signin">
          {t.signIn}
        </ButtonLink>
      </div>
    );
  }
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      <TextField
        type="password"
        name="newPassword"
        label={t.newPassword}
        hint={t.passwordHint}
        autoComplete="new-password"
        error={form.errors.newPassword}
      />
      <SubmitButton isPending={form.isPending}>{t.resetSubmit}</SubmitButton>
    </form>
  );
}
