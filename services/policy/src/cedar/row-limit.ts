/** How many rows what is permitted may give, and which rule says so. */
export interface RowLimit {
  readonly rows: number;
  readonly rule: string;
}

const ROWS = /^[1-9]\d{0,9}$/;

/** Reads the text of a `@limit`; or says what is wrong with it. */
export function readRowLimit(
  text: string,
): { readonly rows: number } | { readonly problem: string } {
  if (ROWS.test(text.trim())) return { rows: Number(text) };
  return { problem: `"${text}" is not a number of rows; write @limit("1000")` };
}

export function lowerLimit(one: RowLimit, other: RowLimit): RowLimit {
  return other.rows < one.rows ? other : one;
}
