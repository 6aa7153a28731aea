import type { Metadata } from "next";
import { AuthCard } from "@/components/auth/auth-card";
import { ForgotForm } from "@/components/auth/forgot-form";
import { dictionary } from "@/i18n";

export async function generateMetadata(): Promise<Metadata> {
  const { auth } = await dictionary();
  return { title: auth.forgotTitle, description: auth.forgotLead };
}

export default async function ForgotPage() {
  const { auth: t } = await dictionary();
  return (
    <AuthCard title={t.forgotTitle} lead={t.forgotLead}>
      <ForgotForm t={t} />
    </AuthCard>
  );
}
