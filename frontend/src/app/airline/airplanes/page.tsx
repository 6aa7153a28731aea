import { ResourceList } from "@/components/desk/resource-list";
import { viewer } from "@/lib/api/server";
import type { Airplane } from "@/lib/api/types";
import { resourceCalled } from "@/lib/desk/resources";
import { one } from "@/lib/params";

export default async function AirplanesPage({ searchParams }: PageProps<"/airline/airplanes">) {
  const user = await viewer();
  const resource = resourceCalled("airplanes");
  if (resource === undefined || user === undefined) return null;
  const isAdmin = user.roles.includes("ADMIN");
  const mayChange = (item: unknown) => isAdmin || (item as Airplane).airline === user.airline;
  return (
    <ResourceList
      resource={resource}
      base="/airline/airplanes"
      cursor={one((await searchParams).cursor)}
      mayChange={mayChange}
    />
  );
}
