import { MapPinOff } from "@/components/ui/icons";
import type { Metadata } from "next";
import { ButtonLink } from "@/components/ui/button";
import { State } from "@/components/ui/state";
import { dictionary } from "@/i18n";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).pages.notFound, robots: { index: false } };
}

export default async function NotFoundPage() {
  const t = await dictionary();
  return (
    <State as="h1" icon={MapPinOff} title={t.pages.notFound} text={t.pages.notFoundText}>
      <ButtonLink look="primary" href="/">
        {t.common.home}
      </ButtonLink>
    </State>
  );
}
