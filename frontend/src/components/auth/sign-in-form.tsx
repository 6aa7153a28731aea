"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import { changeSession } from "@/lib/api/client";
import type { User } from "@/lib/api/types";
import { checkFields, emailRule, filledRule } from "@/lib/fields";

export function SignInForm({ next, t }: { next: string; t: Dictionary["auth"] }) {
  const form = useSubmit(checkFields({ email: emailRule(t), password: filledRule(t.missing) }), {
    send: (body) => changeSession<User>("signin", { method: "POST", body }),
    onDone: () => window.location.assign(next),
    explain: (failure) => (failure.status === 403 ? t.disabled : undefined),
    staysOn401: true,
  });
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      <TextField type="email" name="email" label={t.email} autoComplete="username" error={form.errors.email} />
      <TextField
        type="password"
        name="password"
        label={t.password}
        autoComplete="current-password"
        error={form.errors.password}
      />
      <SubmitButton isPending={form.isPending || form.done !== undefined}>{t.signIn}</SubmitButton>
    </form>
  );
}
