import type { Dictionary } from "@/i18n/en";
import { LOCALES, THEMES, type Locale, type Theme } from "@/lib/preferences";

const languageNames: Record<Locale, string> = { en: "English", de: "Deutsch" };

interface Props {
  locale: Locale;
  theme: Theme;
  path: string;
  t: Dictionary["common"];
}

export function SiteFooter({ locale, theme, path, t }: Props) {
  return (
    <footer className="border-t">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-8 gap-y-3 px-4 py-6 text-13 text-muted sm:px-6">
        <p className="flex-1 basis-80">{t.footer}</p>
        <Choice
          legend={t.language}
          path={path}
          name="locale"
          chosen={locale}
          options={LOCALES}
          labels={languageNames}
          isLanguage
        />
        <Choice legend={t.theme} path={path} name="theme" chosen={theme} options={THEMES} labels={t.themes} />
      </div>
    </footer>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  path: string;
  name: string;
  chosen: T;
  options: readonly T[];
  labels: Record<T, string>;
  isLanguage?: boolean;
}

/** A plain form: the server answers with a cookie and the same page, so nothing flashes and no script is needed. */
function Choice<T extends string>({ legend, path, name, chosen, options, labels, isLanguage }: ChoiceProps<T>) {
  return (
    <form method="post" action="/api/preferences" aria-label={legend} className="flex">
      <input type="hidden" name="from" value={path} />
      {options.map((option) => (
        <button
          key={option}
          name={name}
          value={option}
          lang={isLanguage ? option : undefined}
          aria-pressed={option === chosen}
          className="target border border-r-0 border-edge px-3 font-medium text-ink first-of-type:rounded-l-control last-of-type:rounded-r-control last-of-type:border-r hover:bg-sunk aria-pressed:bg-ink aria-pressed:text-paper"
        >
          {labels[option]}
        </button>
      ))}
    </form>
  );
}
