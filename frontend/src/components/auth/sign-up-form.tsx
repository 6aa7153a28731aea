"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import { change, changeSession, type Outcome } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { User } from "@/lib/api/types";
import { checkFields, emailRule, filledRule, newPasswordRule } from "@/lib/fields";

interface SignUp {
  name: string;
  email: string;
  password: string;
}

export function SignUpForm({ next, t }: { next: string; t: Dictionary["auth"] }) {
  const form = useSubmit(
    checkFields({ name: filledRule(t.missing), email: emailRule(t), password: newPasswordRule(t) }),
    {
      send: signUp,
      onDone: () => window.location.assign(next),
      staysOn401: true,
    },
  );
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      <TextField name="name" label={t.name} autoComplete="name" maxLength={100} error={form.errors.name} />
      <TextField type="email" name="email" label={t.email} autoComplete="username" error={form.errors.email} />
      <TextField
        type="password"
        name="password"
        label={t.password}
        hint={t.passwordHint}
        autoComplete="new-password"
        error={form.errors.password}
      />
      <SubmitButton isPending={form.isPending || form.done !== undefined}>{t.signUp}</SubmitButton>
    </form>
  );
}

/** A new account, and a session of it at once. */
async function signUp(body: SignUp): Promise<Outcome<User>> {
  const created = await change<User>(paths.signUp, { method: "POST", body });
  if (!created.ok) return created;
  return changeSession<User>("signin", { method: "POST", body: { email: body.email, password: body.password } });
}
