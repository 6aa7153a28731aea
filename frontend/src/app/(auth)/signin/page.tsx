import type { Metadata } from "next";
import Link from "next/link";
import { AuthCard } from "@/components/auth/auth-card";
import { SignInForm } from "@/components/auth/sign-in-form";
import { dictionary } from "@/i18n";
import { one } from "@/lib/params";
import { safePath } from "@/lib/safe-path";

export async function generateMetadata(): Promise<Metadata> {
  const { auth } = await dictionary();
  return { title: auth.signInTitle, description: auth.signInLead };
}

export default async function SignInPage({ searchParams }: PageProps<"/signin">) {
  const { auth: t } = await dictionary();
  const next = safePath(one((await searchParams).next));
  return (
    <AuthCard title={t.signInTitle} lead={next === "/" ? t.signInLead : t.continueText}>
      <SignInForm next={next} t={t} />
      <div className="mt-4 flex flex-wrap justify-between gap-x-4 border-t pt-2">
        <Link href="/forgot" className="inline-flex target items-center text-sky underline underline-offset-4">
          {t.forgot}
        </Link>
        <p className="flex items-center gap-2">
          {t.noAccount}
          <Link
            href={`/signup?next=${encodeURIComponent(next)}`}
            className="inline-flex target items-center font-medium text-sky underline underline-offset-4"
          >
            {t.signUp}
          </Link>
        </p>
      </div>
    </AuthCard>
  );
}
