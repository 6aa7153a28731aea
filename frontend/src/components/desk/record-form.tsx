"use client";

import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { useSubmit } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { SelectField, TextField } from "@/components/ui/field";
import { change } from "@/lib/api/client";
import { recordBody, type FieldSpec } from "@/lib/desk/record";
import { unchecked } from "@/lib/fields";

interface Props {
  fields: FieldSpec[];
  path: string;
  method: "POST" | "PATCH";
  goTo: string;
  /** Fields that are not to be chosen. */
  fixed?: Record<string, string | number>;
  submit?: string;
}

/** Makes or changes a record of any kind. */
export function RecordForm({ fields, path, method, goTo, fixed, submit }: Props) {
  const { common } = useText();
  const form = useSubmit(unchecked, {
    send: (values) => change<unknown>(path, { method, body: { ...recordBody(fields, values), ...fixed } }),
    onDone: () => window.location.assign(goTo),
  });
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid max-w-xl gap-4">
      <FormProblem problem={form.problem} />
      {fields.map(({ name, label, kind, value, hint, maxLength, options }) =>
        kind === "select" ? (
          <SelectField key={name} {...{ name, label, hint }} defaultValue={value ?? ""} error={form.errors[name]}>
            {options?.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </SelectField>
        ) : (
          <TextField
            key={name}
            {...{ name, label, hint, maxLength }}
            inputMode={kind === "number" ? "decimal" : undefined}
            defaultValue={value ?? ""}
            error={form.errors[name]}
          />
        ),
      )}
      <SubmitButton
        isPending={form.isPending || form.done !== undefined}
        pendingText={common.saving}
        className="justify-self-start"
      >
        {submit ?? common.save}
      </SubmitButton>
    </form>
  );
}
