import { notFound } from "next/navigation";
import { ResourceForm } from "@/components/desk/resource-form";
import { resourceCalled } from "@/lib/desk/resources";

export default async function NewRecordPage({ params }: PageProps<"/admin/[resource]/new">) {
  const name = (await params).resource;
  const resource = resourceCalled(name);
  if (resource === undefined) notFound();
  return <ResourceForm resource={resource} base={`/admin/${name}`} />;
}
