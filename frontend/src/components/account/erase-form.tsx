"use client";

import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { changeSession, type Outcome } from "@/lib/api/client";
import { failureText, fieldErrors } from "@/lib/api/problem";
import { checkFields, filledRule } from "@/lib/fields";
import { signInPath } from "@/lib/safe-path";

export function EraseForm({ t, auth }: { t: Dictionary["account"]; auth: Dictionary["auth"] }) {
  const { errors } = useText();
  const form = useSubmit(checkFields({ currentPassword: filledRule(auth.missing) }), {
    send: erase,
    onDone: (isGone) => window.location.assign(isGone ? "/account/erased" : "/account/erased?soon"),
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
          {form.failure.code === "ERASURE_BLOCKED" && (
            <div className="mt-3 grid justify-items-start gap-3">
              <p>{t.stillThere}</p>
              <Button onClick={() => window.location.assign(signInPath("/trips"))}>{t.signInAgain}</Button>
            </div>
          )}
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

/** Whether the account is gone already. */
async function erase(body: { currentPassword: string }): Promise<Outcome<boolean>> {
  const erased = await changeSession<null>("erase", { method: "POST", body });
  return erased.ok ? { ...erased, data: erased.status === 200 } : erased;
}
