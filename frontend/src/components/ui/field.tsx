import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";

export const controlStyle =
  "target w-full rounded-control border border-edge bg-card px-3 py-2 text-17 text-ink placeholder:text-muted aria-invalid:border-bad aria-invalid:border-2 disabled:opacity-60";

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  error?: string;
  /** Said beside the label of what may be left out. */
  optional?: string;
  className?: string;
  children: ReactNode;
}

/** A label, its control, a hint, and what is wrong. The control points at both by `describedBy`. */
export function Field({ id, label, hint, error, optional, className, children }: FieldProps) {
  return (
    <div className={clsx("grid content-start gap-1", className)}>
      <label htmlFor={id} className="font-medium">
        {label}
        {optional !== undefined && <span className="font-normal text-muted"> ({optional})</span>}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-13 text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="text-13 font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

export function describedBy(id: string, { hint, error }: { hint?: string; error?: string }): string | undefined {
  const ids = [error !== undefined && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

type Labelled<T> = T & Omit<FieldProps, "id" | "children"> & { name: string; id?: string };

export function TextField({ label, hint, error, optional, className, ...input }: Labelled<ComponentProps<"input">>) {
  const id = input.id ?? input.name;
  return (
    <Field {...{ id, label, hint, error, optional, className }}>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={describedBy(id, { hint, error })}
        className={controlStyle}
      />
    </Field>
  );
}

export function SelectField({
  label,
  hint,
  error,
  optional,
  className,
  ...select
}: Labelled<ComponentProps<"select">>) {
  const id = select.id ?? select.name;
  return (
    <Field {...{ id, label, hint, error, optional, className }}>
      <select
        {...select}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={describedBy(id, { hint, error })}
        className={controlStyle}
      />
    </Field>
  );
}
