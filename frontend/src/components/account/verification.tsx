"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { Badge } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import { unchecked } from "@/lib/fields";

/** Whether mails are known to arrive, and another link if not. */
export function Verification({ isVerified, t }: { isVerified: boolean; t: Dictionary["account"] }) {
  const form = useSubmit(unchecked, {
    send: () => change<null>(paths.mailVerification, { method: "POST" }),
  });
  if (isVerified) {
    return (
      <p>
        <Badge tone="good">{t.verified}</Badge>
      </p>
    );
  }
  return (
    <form method="post" onSubmit={form.onSubmit} className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1">
        <Badge tone="warn">{t.unverified}</Badge>
        <SubmitButton look="quiet" className="-ml-3" isPending={form.isPending}>
          {t.sendVerification}
        </SubmitButton>
      </div>
      <p role="status">{form.done !== undefined && t.verificationSent}</p>
      <FormProblem problem={form.problem} />
    </form>
  );
}
