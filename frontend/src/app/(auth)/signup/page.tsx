import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard } from "@/components/auth/auth-card";
import { SignUpForm } from "@/components/auth/sign-up-form";
import { dictionary } from "@/i18n";
import { one } from "@/lib/params";
import { safePath, signInPath } from "@/lib/safe-path";

export async function generateMetadata(): Promise<Metadata> {
  const { auth } = await dictionary();
  return { title: auth.signUpTitle, description: auth.signUpLead };
}

export default async function SignUpPage({ searchParams }: PageProps<"/signup">) {
  const { auth: t } = await dictionary();
  const next = safePath(one((await searchParams).next));
  return (
    <AuthCard title={t.signUpTitle} lead={t.signUpLead}>
      <SignUpForm next={next} t={t} />
      <p className="mt-4 flex flex-wrap items-center gap-2 border-t pt-2">
        {t.haveAccount}
        <Link
          href={signInPath(next)}
          className="inline-flex target items-center font-medium text-sky underline underline-offset-4"
        >
          {t.signIn}
        </Link>
      </p>
    </AuthCard>
  );
}
