/**
 * How search parameters stand in an address: as written by people, `a=1&a=2`, never as JSON.
 * A name that stands there twice is a list.
 */
export function parseSearch(text: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = Object.hasOwn(found, name) ? found[name] : undefined;
    if (before === undefined) found[name] = value;
    else found[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(search).flatMap(([name, value]): [string, string][] => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values
      .filter((one) => typeof one === 'string' || typeof one === 'number')
      .map((one) => [name, String(one)]);
  });
  // A colon may stand as it is in a query, and times read better with it.
  const text = new URLSearchParams(pairs).toString().replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}
