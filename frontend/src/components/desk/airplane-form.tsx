import { viewer } from "@/lib/api/server";
import { resourceCalled } from "@/lib/desk/resources";
import { ResourceForm } from "./resource-form";

/** An airplane in the airline's area: whose it is only administrators choose. */
export async function AirplaneForm({ id }: { id?: string }) {
  const user = await viewer();
  const resource = resourceCalled("airplanes");
  if (resource === undefined || user === undefined) return null;
  const without = user.roles.includes("ADMIN") ? [] : ["airline"];
  return <ResourceForm resource={resource} base="/airline/airplanes" id={id} without={without} />;
}
