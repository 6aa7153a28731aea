import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import { Fragment } from "react";
import { OfflineBanner } from "@/components/layout/offline-banner";
import { SiteFooter } from "@/components/layout/site-footer";
import { SiteHeader } from "@/components/layout/site-header";
import { TabBar } from "@/components/layout/tab-bar";
import { TextProvider } from "@/components/text-provider";
import { currentLocale, dictionary } from "@/i18n";
import { viewer } from "@/lib/api/server";
import { publicOrigin } from "@/lib/config";
import { navigation } from "@/components/layout/navigation";
import { THEME_COOKIE, isTheme, type Theme } from "@/lib/preferences";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const [t, incoming] = await Promise.all([dictionary(), headers()]);
  return {
    metadataBase: new URL(publicOrigin ?? `http://${incoming.get("host") ?? "localhost"}`),
    title: { default: t.meta.title, template: "%s - Airside" },
    description: t.meta.description,
    applicationName: "Airside",
    openGraph: { siteName: "Airside", title: t.meta.title, description: t.meta.description, type: "website" },
  };
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfaf6" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1219" },
  ],
};

export default async function RootLayout({ children }: LayoutProps<"/">) {
  const [locale, t, theme, user, incoming] = await Promise.all([
    currentLocale(),
    dictionary(),
    chosenTheme(),
    viewer(),
    headers(),
  ]);
  const links = navigation(user, t.common);
  const path = incoming.get("x-airside-path") ?? "/";
  return (
    <html
      lang={locale}
      data-theme={theme === "system" ? undefined : theme}
      data-now={currentTime()}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className="flex flex-col pb-16 sm:pb-0">
        <a
          href="#content"
          className="sr-only target rounded-control bg-ink px-4 py-3 text-paper focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
        >
          {t.common.skip}
        </a>
        <SiteHeader links={links} user={user} t={t.common} />
        <TextProvider value={{ locale, common: t.common, errors: t.errors }}>
          <OfflineBanner />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 outline-none sm:px-6 sm:py-10"
          >
            {/* Hydration may have to wait for a script here, and must not resume at an element: see README.md. */}
            <Fragment key="page">{children}</Fragment>
          </main>
        </TextProvider>
        <SiteFooter locale={locale} theme={theme} path={path} t={t.common} />
        <TabBar links={links} label={t.common.menu} />
      </body>
    </html>
  );
}

async function chosenTheme(): Promise<Theme> {
  const theme = (await cookies()).get(THEME_COOKIE)?.value;
  return isTheme(theme) ? theme : "system";
}

/** When this document was rendered; browsers' clocks are compared with it. */
function currentTime(): number {
  return Date.now();
}
