"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { ButtonLink } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import { unchecked } from "@/lib/fields";

interface Props {
  token: string;
  home: string;
  t: Dictionary["auth"];
}

/** A press and not the visit confirms: mail scanners visit links too. */
export function VerifyForm({ token, home, t }: Props) {
  const form = useSubmit(unchecked, {
    send: () => change<null>(paths.verifyEmail, { method: "POST", body: { token } }),
    explain: (failure) => (failure.status === 422 ? t.linkBad : undefined),
  });
  if (form.done !== undefined) {
    return (
      <div className="grid gap-4">
        <Notice tone="good" live>
          {t.verifyDone}
        </Notice>
        <ButtonLink look="primary" href="/">
          {home}
        </ButtonLink>
      </div>
    );
  }
  return (
    <form method="post" onSubmit={form.onSubmit} className="grid gap-4">
      <FormProblem problem={form.problem} />
      <SubmitButton isPending={form.isPending}>{t.verifySubmit}</SubmitButton>
    </form>
  );
}
