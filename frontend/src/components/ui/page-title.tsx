import type { ReactNode } from "react";

export function PageTitle({ title, lead, children }: { title: ReactNode; lead?: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
      <div className="min-w-0">
        <h1 className="text-28 tracking-tight sm:text-40">{title}</h1>
        {lead !== undefined && <p className="mt-1 text-17 text-muted">{lead}</p>}
      </div>
      {children}
    </div>
  );
}
