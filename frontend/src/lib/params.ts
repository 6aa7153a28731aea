/** A parameter that is given once; given twice it counts as not given. */
export function one(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whether a text can be an id: whole numbers from 1. */
export function isId(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,17}$/.test(text);
}
