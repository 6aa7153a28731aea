import type { ReactNode } from "react";

export interface Column<T> {
  header: string;
  cell: (row: T) => ReactNode;
  isFigure?: boolean;
}

interface Props<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string | number;
  empty: string;
}

/**
 * A table whose columns do not depend on its rows, so that it stands still while these arrive. On phones each row is a
 * card that names its cells. Roles are said, since `display` would take them away.
 */
export function DataTable<T>({ caption, columns, rows, keyOf, empty }: Props<T>) {
  if (rows.length === 0) return <p className="rounded-card border border-dashed border-edge p-6 text-muted">{empty}</p>;
  return (
    <div className="overflow-hidden rounded-card border bg-card">
      <table role="table" aria-label={caption} className="block w-full md:table md:table-fixed">
        <thead role="rowgroup" className="sr-only md:not-sr-only md:table-header-group">
          <tr role="row" className="border-b text-left text-13 text-muted">
            {columns.map(({ header, isFigure }) => (
              <th
                key={header}
                role="columnheader"
                scope="col"
                className={`px-4 py-2 font-medium ${isFigure ? "md:w-32" : ""}`}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="block md:table-row-group">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" className="block border-b p-3 last:border-b-0 md:table-row md:p-0">
              {columns.map(({ header, cell, isFigure }) => (
                <td
                  key={header}
                  role="cell"
                  className="flex min-w-0 items-baseline justify-between gap-4 px-1 py-1 max-md:has-[>:last-child:empty]:hidden md:table-cell md:px-4 md:py-2 md:align-middle"
                >
                  <span aria-hidden="true" className="shrink-0 text-13 text-muted md:hidden">
                    {header}
                  </span>
                  <span className={`min-w-0 text-right break-words md:text-left ${isFigure ? "figures" : ""}`}>
                    {cell(row)}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
