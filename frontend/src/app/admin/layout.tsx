import type { Metadata } from "next";
import { DeskGate } from "@/components/desk/desk-gate";
import { DeskNav } from "@/components/desk/desk-nav";
import { dictionary } from "@/i18n";
import { adminLinks } from "@/lib/desk/admin-links";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).common.admin, robots: { index: false } };
}

export default async function AdminLayout({ children }: LayoutProps<"/admin">) {
  const t = await dictionary();
  return (
    <DeskGate roles={["ADMIN"]}>
      <DeskNav label={t.common.admin} links={adminLinks(t.desk)} />
      {children}
    </DeskGate>
  );
}
