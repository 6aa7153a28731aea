import { notFound } from "next/navigation";
import { ResourceList } from "@/components/desk/resource-list";
import { resourceCalled } from "@/lib/desk/resources";
import { one } from "@/lib/params";

export default async function ResourcePage({ params, searchParams }: PageProps<"/admin/[resource]">) {
  const name = (await params).resource;
  const resource = resourceCalled(name);
  if (resource === undefined) notFound();
  return <ResourceList resource={resource} base={`/admin/${name}`} cursor={one((await searchParams).cursor)} />;
}
