"use client";

import { useRouter } from "next/navigation";
import { Fragment } from "react";
import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import { change, changeSession, type Outcome } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { User } from "@/lib/api/types";
import { anything, checkFields, emailRule, filledRule } from "@/lib/fields";

interface Props {
  name: string;
  email: string;
  /** Fields start anew when what they say was saved. */
  savedAt: string;
  t: Dictionary["account"];
  auth: Dictionary["auth"];
}

interface Profile {
  name: string;
  email: string;
  currentPassword: string;
}

export function ProfileForm({ name, email, savedAt, t, auth }: Props) {
  const router = useRouter();
  const { common } = useText();
  const form = useSubmit(
    checkFields({ name: filledRule(auth.missing), email: emailRule(auth), currentPassword: anything }),
    {
      send: (profile) => save(profile, email),
      onDone: () => router.refresh(),
    },
  );
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <FormProblem problem={form.problem} />
      {form.done !== undefined && (
        <Notice tone="good" live>
          {common.saved}
        </Notice>
      )}
      <Fragment key={savedAt}>
        <TextField
          name="name"
          label={t.name}
          defaultValue={name}
          autoComplete="name"
          maxLength={100}
          error={form.errors.name}
        />
        <TextField
          type="email"
          name="email"
          label={t.email}
          defaultValue={email}
          autoComplete="email"
          error={form.errors.email}
        />
        <TextField
          type="password"
          id="profile-password"
          name="currentPassword"
          label={t.currentPassword}
          hint={t.currentPasswordHint}
          autoComplete="current-password"
          error={form.errors.currentPassword && t.wrongPassword}
        />
      </Fragment>
      <SubmitButton
        look="secondary"
        isPending={form.isPending}
        pendingText={common.saving}
        className="justify-self-start"
      >
        {common.save}
      </SubmitButton>
    </form>
  );
}

/** Only another address asks for the password. Tokens say the new name once they are refreshed. */
async function save({ name, email, currentPassword }: Profile, emailBefore: string): Promise<Outcome<User>> {
  const isSameAddress = email.toLowerCase() === emailBefore;
  const body = isSameAddress ? { name } : { name, email, currentPassword };
  const saved = await change<User>(paths.me, { method: "PATCH", body });
  if (saved.ok) await changeSession("refresh", { method: "POST" });
  return saved;
}
