import type { Metadata } from "next";
import { AuthCard } from "@/components/auth/auth-card";
import { VerifyForm } from "@/components/auth/verify-form";
import { dictionary } from "@/i18n";
import { one } from "@/lib/params";

export async function generateMetadata(): Promise<Metadata> {
  const { auth } = await dictionary();
  return { title: auth.verifyTitle, robots: { index: false }, referrer: "same-origin" };
}

export default async function VerifyPage({ searchParams }: PageProps<"/account/verify">) {
  const t = await dictionary();
  const token = one((await searchParams).token) ?? "";
  return (
    <AuthCard title={t.auth.verifyTitle} lead={t.auth.verifyLead}>
      <VerifyForm token={token} home={t.common.home} t={t.auth} />
    </AuthCard>
  );
}
