import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { dictionary } from "@/i18n";
import { paths } from "@/lib/api/paths";
import { getAll, getOne } from "@/lib/api/server";
import type { Airline, City } from "@/lib/api/types";
import type { Choices, Resource } from "@/lib/desk/resources";
import { RecordForm } from "./record-form";
import { isId } from "@/lib/params";

interface Props {
  resource: Resource<unknown>;
  base: string;
  /** What is changed; a new one is made without it. */
  id?: string;
  /** Fields that the viewer does not choose. */
  without?: string[];
}

/** The page that makes or changes a record. */
export async function ResourceForm({ resource, base, id, without = [] }: Props) {
  const t = await dictionary();
  const choices = await choicesOf();
  if (id === undefined) {
    return (
      <Frame title={resource.createTitle(t.desk)}>
        <RecordForm
          fields={fieldsWithout(resource.fields(t.desk, choices), without, false)}
          path={resource.path}
          method="POST"
          goTo={base}
        />
      </Frame>
    );
  }
  if (resource.idOf === undefined || !isId(id)) notFound();
  const item = await getOne<unknown>(`${resource.path}/${id}`);
  if (!item.ok && item.failure.status === 404) notFound();
  if (!item.ok) return <FailureState as="h1" failure={item.failure} />;
  return (
    <Frame title={resource.nameOf(item.value)}>
      <RecordForm
        fields={fieldsWithout(resource.fields(t.desk, choices, item.value), without, true)}
        path={`${resource.path}/${id}`}
        method="PATCH"
        goTo={base}
      />
    </Frame>
  );
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <PageTitle title={title} />
      <Card>{children}</Card>
    </>
  );
}

/** On creation an empty field is left out, whatever it means later. */
function fieldsWithout(fields: ReturnType<Resource<unknown>["fields"]>, without: string[], isChange: boolean) {
  const shown = fields.filter(({ name }) => !without.includes(name));
  return isChange ? shown : shown.map((field) => ({ ...field, whenEmpty: undefined }));
}

async function choicesOf(): Promise<Choices> {
  const [cities, airlines] = await Promise.all([getAll<City>(paths.cities), getAll<Airline>(paths.airlines)]);
  return {
    cities: cities.ok ? cities.value.map(({ id, city }) => ({ value: String(id), label: city })) : [],
    airlines: airlines.ok ? airlines.value.map(({ code, name }) => ({ value: code, label: `${name} (${code})` })) : [],
  };
}
