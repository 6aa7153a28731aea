import type { ReactNode } from "react";

/** The narrow page of a form about who somebody is. */
export function AuthCard({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <div className="mx-auto grid w-full max-w-md gap-6">
      <div>
        <h1 className="text-28 tracking-tight">{title}</h1>
        <p className="mt-1 text-muted">{lead}</p>
      </div>
      <div className="rounded-card border bg-card p-5 sm:p-6">{children}</div>
    </div>
  );
}
