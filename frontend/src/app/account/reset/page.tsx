import type { Metadata } from "next";
import { AuthCard } from "@/components/auth/auth-card";
import { ResetForm } from "@/components/auth/reset-form";
import { dictionary } from "@/i18n";
import { one } from "@/lib/params";

export async function generateMetadata(): Promise<Metadata> {
  const { auth } = await dictionary();
  return { title: auth.resetTitle, robots: { index: false }, referrer: "same-origin" };
}

export default async function ResetPage({ searchParams }: PageProps<"/account/reset">) {
  const { auth: t } = await dictionary();
  const token = one((await searchParams).token) ?? "";
  return (
    <AuthCard title={t.resetTitle} lead={t.resetLead}>
      <ResetForm token={token} t={t} />
    </AuthCard>
  );
}
