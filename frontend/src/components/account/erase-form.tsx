"use client";

import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { changeSession } from "@/lib/api/client";
import { failureText, fieldErrors } from "@/lib/api/problem";
import { checkFields, filledRule } from "@/lib/fields";

export function EraseForm({ t, auth }: { t: Dictionary["account"]; auth: Dictionary["auth"] }) {
  const { errors } = useText();
  const form = useSubmit(checkFields({ currentPassword: filledRule(auth.missing) }), {
    send: (body) => changeSession<null>("erase", { method: "POST", body }),
    onDone: () => window.location.assign("/"),
  });
  const wrong = form.errors.currentPassword;
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid max-w-md gap-4">
      {form.failure !== undefined && wrong === undefined && (
        <Notice tone="bad" title={failureText(form.failure, errors)} live>
          <ul>
            {Object.values(fieldErrors(form.failure, errors)).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
      <TextField
        type="password"
        id="erase-password"
        name="currentPassword"
        label={t.currentPassword}
        autoComplete="current-password"
        error={wrong && (form.failure === undefined ? wrong : t.wrongPassword)}
      />
      <SubmitButton look="danger" isPending={form.isPending || form.done !== undefined} className="justify-self-start">
        {t.dangerSubmit}
      </SubmitButton>
    </form>
  );
}
