import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import type { Airline } from "@/lib/api/types";

/** For administrators, who manage all airlines, one at a time. */
export function AirlineChoice({ choices, chosen, t }: { choices: Airline[]; chosen: string; t: Dictionary }) {
  return (
    <form method="get" className="mb-6 flex flex-wrap items-end gap-3">
      <SelectField key={chosen} name="airline" label={t.desk.chooseAirline} defaultValue={chosen} className="min-w-64">
        {choices.map(({ code, name }) => (
          <option key={code} value={code}>
            {name} ({code})
          </option>
        ))}
      </SelectField>
      <Button type="submit">{t.desk.find}</Button>
    </form>
  );
}
