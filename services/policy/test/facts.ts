import { grammarLoaded } from '../src/index.js';
import type { Catalog } from '../src/index.js';
import { analyze } from '../src/statements/analyze.js';
import { PreparedStatements } from '../src/statements/prepared-statements.js';

await grammarLoaded;

/** The kinds of a text, and `opaque` where something of it cannot be seen through. */
export function factsOf(
  text: string,
  session: { readonly catalog: Catalog; readonly searchPath: readonly string[] },
): string {
  const prepared = new PreparedStatements();
  const statements = analyze(text, { ...session, temporary: new Set(), prepared });
  const kinds = new Set(statements.flatMap((each) => [...each.kinds]));
  const isOpaque = statements.some(({ opaque }) => opaque.size > 0);
  return [...[...kinds].sort(), ...(isOpaque ? ['opaque'] : [])].join(' ');
}
