import { RecentSearches } from "@/components/search/recent-searches";
import { SearchPanel } from "@/components/search/search-panel";
import { dictionary } from "@/i18n";

export default async function HomePage() {
  const t = (await dictionary()).search;
  return (
    <div className="grid gap-12">
      <section className="grid gap-6">
        <div>
          <h1 className="text-40 tracking-tight">{t.title}</h1>
          <p className="mt-1 text-17 text-muted">{t.lead}</p>
        </div>
        <div className="rounded-card border bg-card p-4 sm:p-6">
          <SearchPanel />
        </div>
        <RecentSearches />
      </section>
      <section aria-labelledby="ways">
        <h2 id="ways" className="mb-4 text-21">
          {t.ways.title}
        </h2>
        <ol className="grid gap-x-8 gap-y-6 md:grid-cols-3">
          {t.ways.steps.map((step, index) => (
            <li key={step.title} className="border-t-2 border-dashed pt-4">
              <span aria-hidden="true" className="figures text-13 text-muted">
                0{index + 1}
              </span>
              <h3 className="text-17">{step.title}</h3>
              <p className="mt-1 text-muted">{step.text}</p>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
