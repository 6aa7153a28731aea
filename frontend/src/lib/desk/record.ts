/** One field of a record's form. */
export interface FieldSpec {
  name: string;
  label: string;
  kind: "text" | "number" | "select";
  /** Of a select: its values are numbers. */
  isNumber?: boolean;
  value?: string | number | null;
  hint?: string;
  maxLength?: number;
  options?: { value: string; label: string }[];
  /** What an empty field means: left out as on creation, or taken away. */
  whenEmpty?: "left out" | "null";
}

/** The body of a request, out of what the form says. What is wrong in it the gateway says by field. */
export function recordBody(fields: readonly FieldSpec[], values: Record<string, unknown>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, kind, isNumber, whenEmpty } of fields) {
    const text = String(values[name] ?? "").trim();
    if (text !== "") body[name] = (kind === "number" || isNumber) && !Number.isNaN(Number(text)) ? Number(text) : text;
    else if (whenEmpty === "null") body[name] = null;
  }
  return body;
}
