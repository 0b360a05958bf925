/*
 * Command tags say what each statement of a command did, the kept output says which rows came.
 * The two are recorded apart, so which table belongs to which tag is worked out here. It is NOT
 * certain: `CREATE TABLE AS` and `SELECT` have the same tag, told apart by the number of rows.
 */

/** One stretch of output: the rows of a statement, the data of a COPY, a function's result. */
export interface Block {
  readonly kind: 'rows' | 'copy' | 'function';
  readonly rows: number;
  /** False: the output ends before the block does, as far as we know. */
  readonly whole: boolean;
}

export interface TagPart {
  /** Absent for output without a tag: an error, a suspended portal or the end came before it. */
  readonly tag?: string;
  /** Index of the block that goes with it. */
  readonly block?: number;
}

interface Tag {
  readonly text: string;
  readonly verb: string;
  readonly rows: number | undefined;
  /** Whether psql shows a table in place of the tag. */
  readonly reads: boolean;
}

const readers = new Set(['SELECT', 'FETCH', 'SHOW', 'EXPLAIN', 'CALL', 'VALUES', 'TABLE']);
const writers = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

export function parseTag(text: string): Tag {
  const verb = /^[A-Z]+/.exec(text)?.[0] ?? '';
  const count = / (\d+)$/.exec(text)?.[1];
  const rows = count === undefined ? undefined : Number(count);
  return { text, verb, rows, reads: readers.has(verb) };
}

/** The parts of a response in the order in which psql would have shown them. */
export function assignTags(tags: readonly string[], blocks: readonly Block[]): TagPart[] {
  const parsed = tags.map(parseTag);
  let readersLeft = parsed.filter((tag) => tag.reads).length;
  let next = 0;
  const parts = parsed.map((tag): TagPart => {
    if (tag.reads) readersLeft -= 1;
    const block = blocks[next];
    const spare = tag.reads || blocks.length - next > readersLeft;
    if (block === undefined || !spare || !fits(tag, block)) return { tag: tag.text };
    next += 1;
    return { tag: tag.text, block: next - 1 };
  });
  const rest = blocks.slice(next).map((_, index): TagPart => ({ block: next + index }));
  return [...parts, ...rest];
}

function fits(tag: Tag, block: Block): boolean {
  if (block.kind === 'function') return false;
  if (block.kind === 'copy') return tag.verb === 'COPY';
  if (!tag.reads && !writers.has(tag.verb)) return false;
  if (tag.rows === undefined) return true;
  return block.whole ? tag.rows === block.rows : tag.rows >= block.rows;
}

/** Whether psql prints the tag itself: not where a table or copied data says it all. */
export function showsTag(part: TagPart): boolean {
  if (part.tag === undefined) return false;
  return part.block === undefined || writers.has(parseTag(part.tag).verb);
}

export type TransactionState = 'idle' | 'open' | 'failed';

/**
 * The state after a response, from its tags and the text of its command. ReadyForQuery, which
 * would tell, is not recorded: a transaction that a function or a pipeline began is not seen.
 */
export function transactionAfter(
  before: TransactionState,
  response: { readonly tags: readonly string[]; readonly failed: boolean; readonly text: string },
): TransactionState {
  let state = before;
  for (const tag of response.tags) {
    if (tag === 'BEGIN' || tag === 'START TRANSACTION') state = 'open';
    else if (tag === 'PREPARE TRANSACTION') state = 'idle';
    else if (tag === 'COMMIT' || tag === 'END') state = chains(response.text) ? 'open' : 'idle';
    else if (tag === 'ROLLBACK' || tag === 'ABORT') {
      state = chains(response.text) || toSavepoint(response.text) ? 'open' : 'idle';
    }
  }
  return response.failed && state === 'open' ? 'failed' : state;
}

function chains(text: string): boolean {
  return /\band\s+chain\b/i.test(text);
}

function toSavepoint(text: string): boolean {
  return /\brollback\s+(?:work\s+|transaction\s+)?to\b/i.test(text);
}
