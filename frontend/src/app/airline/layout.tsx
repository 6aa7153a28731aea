import type { Metadata } from "next";
import { DeskGate } from "@/components/desk/desk-gate";
import { DeskNav } from "@/components/desk/desk-nav";
import { dictionary } from "@/i18n";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).common.airline, robots: { index: false } };
}

export default async function AirlineLayout({ children }: LayoutProps<"/airline">) {
  const t = await dictionary();
  const links = [
    { href: "/airline/flights", label: t.desk.flights },
    { href: "/airline/airplanes", label: t.desk.airplanes },
  ];
  return (
    <DeskGate roles={["FLIGHT_COMPANY", "ADMIN"]}>
      <DeskNav label={t.common.airline} links={links} />
      {children}
    </DeskGate>
  );
}
