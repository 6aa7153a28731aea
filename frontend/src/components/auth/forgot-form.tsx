"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import { checkFields, emailRule } from "@/lib/fields";

export function ForgotForm({ t }: { t: Dictionary["auth"] }) {
  const form = useSubmit(checkFields({ email: emailRule(t) }), {
    send: (body) => change<null>(paths.forgotPassword, { method: "POST", body }),
  });
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      {form.done !== undefined && (
        <Notice tone="good" live>
          {t.forgotDone}
        </Notice>
      )}
      <TextField type="email" name="email" label={t.email} autoComplete="username" error={form.errors.email} />
      <SubmitButton isPending={form.isPending}>{t.forgotSubmit}</SubmitButton>
    </form>
  );
}
