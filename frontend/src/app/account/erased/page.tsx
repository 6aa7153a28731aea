import { CircleCheck, Hourglass } from "@/components/ui/icons";
import type { Metadata } from "next";
import { ButtonLink } from "@/components/ui/button";
import { State } from "@/components/ui/state";
import { dictionary } from "@/i18n";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await dictionary()).account.erased, robots: { index: false } };
}

/** Where an erasure ends; `soon` while it goes on. */
export default async function ErasedPage({ searchParams }: PageProps<"/account/erased">) {
  const [{ soon }, { account: t, common }] = await Promise.all([searchParams, dictionary()]);
  const isGone = soon === undefined;
  return (
    <State
      as="h1"
      icon={isGone ? CircleCheck : Hourglass}
      title={isGone ? t.erased : t.erasing}
      text={isGone ? t.erasedText : t.erasingText}
    >
      <ButtonLink href="/">{common.home}</ButtonLink>
    </State>
  );
}
