import { SelectField, TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";

interface Props {
  index: number;
  isInfant: boolean;
  legend: string;
  errors: Record<string, string>;
  t: Dictionary["booking"];
}

export function PassengerFields({ index, isInfant, legend, errors, t }: Props) {
  const field = (name: string) => `passengers.${index}.${name}`;
  // The first traveller is most often who books: only there may the browser fill in.
  const autoComplete = (token: string) => (index === 0 ? token : "off");
  return (
    <fieldset className="rounded-card border bg-card p-4 sm:p-5">
      <legend className="float-left mb-3 font-strong">{legend}</legend>
      <div className="clear-both grid gap-4 sm:grid-cols-3">
        <TextField
          name={field("givenName")}
          label={t.givenName}
          autoComplete={autoComplete("given-name")}
          maxLength={100}
          error={errors[field("givenName")]}
        />
        <TextField
          name={field("surname")}
          label={t.surname}
          autoComplete={autoComplete("family-name")}
          maxLength={100}
          error={errors[field("surname")]}
        />
        {isInfant ? (
          <input type="hidden" name={field("type")} value="INFANT" />
        ) : (
          <SelectField name={field("type")} label={t.type} defaultValue="ADULT" error={errors[field("type")]}>
            <option value="ADULT">{t.types.ADULT}</option>
            <option value="CHILD">{t.types.CHILD}</option>
          </SelectField>
        )}
      </div>
    </fieldset>
  );
}
