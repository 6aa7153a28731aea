import { notFound } from "next/navigation";
import { ResourceForm } from "@/components/desk/resource-form";
import { resourceCalled } from "@/lib/desk/resources";

export default async function RecordPage({ params }: PageProps<"/admin/[resource]/[id]">) {
  const { resource: name, id } = await params;
  const resource = resourceCalled(name);
  if (resource === undefined) notFound();
  return <ResourceForm resource={resource} base={`/admin/${name}`} id={id} />;
}
