/** Names in `context` that rules look at. */
export type ContextNames = ReadonlySet<string> | 'any';

const LOOK = /\{"(?:\.|has)":\{"left":\{"Var":"context"\},"attr":"(\w+)"\}\}/g;

/** Of one rule, in JSON: `any` where it does more with the context than to look into it. */
export function contextNames(json: object): ContextNames {
  const names = new Set<string>();
  const rest = JSON.stringify(json).replace(LOOK, (_, name: string) => {
    names.add(name);
    return '';
  });
  return rest.includes('"Var":"context"') ? 'any' : names;
}

export function allNames(of: readonly ContextNames[]): ContextNames {
  const names = new Set<string>();
  for (const each of of) {
    if (each === 'any') return 'any';
    for (const name of each) names.add(name);
  }
  return names;
}

/**
 * The context without what nobody looks at. Cedar takes longer to read a context than to evaluate
 * what is asked: an address or a time costs a tenth of a millisecond.
 */
export function lookedAt<Value>(
  context: Readonly<Record<string, Value>>,
  names: ContextNames,
): Record<string, Value> {
  const entries = Object.entries(context);
  return Object.fromEntries(
    names === 'any' ? entries : entries.filter(([name]) => names.has(name)),
  );
}
