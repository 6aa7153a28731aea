/** A parameter that is given once; given twice it counts as not given. */
export function one(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
