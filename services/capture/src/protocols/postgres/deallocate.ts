import type { Names } from './names.js';
import type { Portal, Statement } from './pending.js';

const LOWER_D = 0x64;
const UPPER_D = 0x44;
/** A statement that is longer than this frees no name that a driver would have given. */
const TEXT_MAX = 256;
const DEALLOCATE =
  /^deallocate\s+(?:prepare\s+)?(?:"(?<quoted>(?:[^"]|"")+)"|(?<plain>[a-z_][\w$]*))\s*;?\s*$/i;

/**
 * The name that a statement like `DEALLOCATE a1` frees, as some drivers send it in place of a
 * Close. It is NOT a parser of SQL: other ways to say the same are not seen, and then the name is
 * remembered for longer than it stands. One character for each byte, like all names here.
 */
export function deallocatedName(text: Buffer): string | undefined {
  const first = text[0];
  if ((first !== LOWER_D && first !== UPPER_D) || text.length > TEXT_MAX) return undefined;
  const groups = DEALLOCATE.exec(text.toString('latin1'))?.groups;
  return groups?.['quoted']?.replaceAll('""', '"') ?? groups?.['plain']?.toLowerCase();
}

/** Forgets the names that a statement of SQL freed, by its tag and the name that it gave. */
export function freeNames(
  tag: string,
  deallocated: string | undefined,
  { statements, portals }: { statements: Names<Statement>; portals: Names<Portal> },
): void {
  if (tag === 'DEALLOCATE ALL' || tag === 'DISCARD ALL') {
    statements.forgetAll();
    portals.forgetAll();
  } else if (tag === 'DEALLOCATE' && deallocated !== undefined) statements.forget(deallocated);
}
