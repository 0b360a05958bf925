/** Where a value comes from; `table` may be qualified by its schema. */
export interface ColumnName {
  readonly table?: string;
  readonly column: string;
}

/**
 * Whether any pattern names the column: `email`, `*_mail`, `users.email`, `hr.*.salary`. `*` and
 * `?` stand for characters, letter case does not matter, and a pattern without a dot goes by the
 * column alone. It is NOT a parser of quoted names: a dot always parts.
 */
export function matchesColumn(patterns: readonly string[], { table, column }: ColumnName): boolean {
  return patterns.some((pattern) => {
    const dot = pattern.lastIndexOf('.');
    if (!globMatches(pattern.slice(dot + 1), column)) return false;
    if (dot < 0) return true;
    if (table === undefined) return false;
    const wanted = pattern.slice(0, dot);
    return (
      globMatches(wanted, table) || globMatches(wanted, table.slice(table.lastIndexOf('.') + 1))
    );
  });
}

/** Goes back to the last star only, so that work is bounded by the product of the lengths. */
function globMatches(glob: string, name: string): boolean {
  const pattern = glob.toLowerCase();
  const text = name.toLowerCase();
  let star = -1;
  let resume = 0;
  let at = 0;
  let index = 0;
  while (index < text.length) {
    if (pattern[at] === '*') {
      star = at;
      resume = index;
      at += 1;
    } else if (pattern[at] === '?' || pattern[at] === text[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
