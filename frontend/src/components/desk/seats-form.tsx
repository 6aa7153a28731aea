"use client";

import { useRouter } from "next/navigation";
import { FormProblem } from "@/components/form/form-problem";
import { useSubmit } from "@/components/form/use-submit";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import type { Dictionary } from "@/i18n/en";
import { change } from "@/lib/api/client";
import { paths } from "@/lib/api/paths";
import type { Flight } from "@/lib/api/types";
import { checkFields, matching } from "@/lib/fields";

interface Props {
  flightId: number;
  t: Dictionary["desk"];
  missing: string;
}

/** Puts seats on sale or takes them off. */
export function SeatsForm({ flightId, t, missing }: Props) {
  const router = useRouter();
  const form = useSubmit(checkFields({ seats: matching(/^\d{1,4}$/, missing) }), {
    send: ({ seats }, event) => {
      const submitter = (event.nativeEvent as SubmitEvent).submitter;
      const dec = submitter?.getAttribute("value") !== "on";
      return change<Flight>(paths.flightSeats(flightId), { method: "PATCH", body: { seats: Number(seats), dec } });
    },
    onDone: () => router.refresh(),
  });
  return (
    <form method="post" onSubmit={form.onSubmit} noValidate className="grid gap-4">
      <h2 id="seats" className="text-21">
        {t.seatsOnSale}
      </h2>
      <FormProblem problem={form.problem} />
      <TextField
        name="seats"
        id="seats-count"
        label={t.seatsHint}
        inputMode="numeric"
        maxLength={4}
        error={form.errors.seats}
      />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" name="sale" value="off" disabled={form.isPending}>
          {t.takeOff}
        </Button>
        <Button type="submit" name="sale" value="on" disabled={form.isPending}>
          {t.putOn}
        </Button>
      </div>
    </form>
  );
}
