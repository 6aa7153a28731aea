import { Pencil, Plus } from "@/components/ui/icons";
import { ButtonLink } from "@/components/ui/button";
import { ConfirmedChange } from "@/components/ui/confirmed-change";
import { FailureState } from "@/components/ui/failure-state";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { dictionary } from "@/i18n";
import { fill } from "@/i18n/text";
import { getList } from "@/lib/api/server";
import type { Resource } from "@/lib/desk/resources";
import { DataTable, type Column } from "./data-table";

interface Props {
  resource: Resource<unknown>;
  /** The URL of this list; forms are below it. */
  base: string;
  cursor: string | undefined;
  /** Which of the items the viewer may change. */
  mayChange?: (item: unknown) => boolean;
}

/** The table of a resource, with what can be done to each row. */
export async function ResourceList({ resource, base, cursor, mayChange = () => true }: Props) {
  const [t, found] = await Promise.all([dictionary(), getList<unknown>(resource.path, { cursor, limit: 50 })]);
  if (!found.ok) return <FailureState as="h1" failure={found.failure} />;
  const { data: rows, page } = found.value;
  const { idOf, nameOf } = resource;
  const columns: Column<unknown>[] = resource.columns.map(({ header, cell, isFigure }) => ({
    header: header(t.desk),
    cell: (row) => cell(row, t.desk),
    isFigure,
  }));
  if (idOf !== undefined) {
    columns.push({
      header: t.desk.actions,
      cell: (row) =>
        mayChange(row) && (
          <span className="-ml-3 flex flex-wrap justify-end gap-1 md:flex-nowrap md:justify-start">
            <ButtonLink
              look="quiet"
              href={`${base}/${idOf(row)}`}
              aria-label={`${t.common.edit}: ${nameOf(row)}`}
              prefetch={false}
            >
              <Pencil size={16} aria-hidden="true" />
              {t.common.edit}
            </ButtonLink>
            <ConfirmedChange
              look="quiet"
              label={t.common.delete}
              ariaLabel={`${t.common.delete}: ${nameOf(row)}`}
              texts={{
                title: fill(t.desk.deleteTitle, { name: nameOf(row) }),
                text: resource.cascades ? t.desk.deleteCascade : t.desk.deleteText,
                confirm: t.desk.confirmDelete,
              }}
              path={`${resource.path}/${idOf(row)}`}
              method="DELETE"
            />
          </span>
        ),
    });
  }
  const title = resource.title(t.desk);
  return (
    <>
      <PageTitle title={title}>
        <ButtonLink look="primary" href={`${base}/new`}>
          <Plus size={18} aria-hidden="true" />
          {resource.createTitle(t.desk)}
        </ButtonLink>
      </PageTitle>
      <DataTable
        caption={title}
        columns={columns}
        rows={rows}
        keyOf={(row) => idOf?.(row) ?? nameOf(row)}
        empty={t.desk.empty}
      />
      <Pager href={base} cursor={cursor} next={page.next} t={t.common} />
    </>
  );
}
