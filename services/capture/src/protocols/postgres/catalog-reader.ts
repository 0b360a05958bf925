import type { Duplex } from 'node:stream';
import { indexCatalog } from '@steno/policy';
import type { Catalog, CatalogFunction, CatalogRelation } from '@steno/policy';
import {
  MessageScanner,
  backendType,
  decodeDataRow,
  decodeErrorFields,
  encodeEmptyToServer,
  encodeQuery,
  fieldText,
  isMalformed,
} from '@steno/wire-postgres';
import type { Target } from '../../options.js';
import { CATALOG_QUERY } from './catalog-query.js';
import { connectUpstream } from './upstream.js';

/** A catalog that is larger is not read. */
const ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Extensions that come with Postgres whose functions were looked through: what is not volatile only
 * computes.
 */
const REVIEWED_EXTENSIONS: ReadonlySet<string> = new Set([
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_trgm',
  'pgcrypto',
  'seg',
  'unaccent',
  'uuid-ossp',
]);
/** Of these what is volatile is so for its random numbers alone. */
const RANDOM_EXTENSIONS: ReadonlySet<string> = new Set(['pgcrypto', 'uuid-ossp']);

const RELATION_KINDS: Readonly<Record<string, CatalogRelation['kind']>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  S: 'sequence',
};

interface FunctionName {
  readonly schema: string;
  readonly name: string;
}

/** The JSON that CATALOG_QUERY gives. */
interface Answer {
  readonly relations: readonly (FunctionName & { kind: string; queries: readonly string[] })[];
  readonly functions: readonly AnsweredFunction[];
  readonly operators: readonly { readonly name: string; readonly function: FunctionName }[];
  readonly casts: readonly {
    readonly types: readonly string[];
    readonly implicit: boolean;
    readonly function: FunctionName;
  }[];
  readonly domains: readonly { readonly name: string; readonly query: string }[];
}

interface AnsweredFunction extends FunctionName {
  readonly language: string;
  readonly kind: string;
  readonly volatile: boolean;
  readonly extension: string | null;
  readonly source: string | null;
  readonly definition: string | null;
  readonly support: readonly string[] | null;
}

/** A target's catalog as it was at one moment. */
export interface ReadCatalog {
  readonly catalog: Catalog;
  /** Of a session of the target's user that has changed nothing. */
  readonly searchPath: readonly string[];
}

/** Reads the catalog over a connection of its own. Rejects with a message for the operator. */
export async function readCatalog(target: Target, timeoutMs: number): Promise<ReadCatalog> {
  const parameters = new Map([
    ['application_name', 'steno'],
    ['client_encoding', 'UTF8'],
  ]);
  const startup = { minor: 0, parameters, protocolOptions: new Map<string, string>() };
  const upstream = await connectUpstream(target, startup, timeoutMs);
  if ('name' in upstream) {
    throw new Error(`${upstream.name}: ${upstream.cause ?? upstream.detail ?? ''}`);
  }
  const timer = setTimeout(() => {
    upstream.socket.destroy(new Error('it took too long'));
  }, timeoutMs);
  try {
    const [path = '[]', contents = '{}'] = await ask(upstream.socket, CATALOG_QUERY);
    return {
      searchPath: JSON.parse(path) as string[],
      catalog: catalogOf(JSON.parse(contents) as Answer),
    };
  } finally {
    clearTimeout(timer);
    upstream.socket.end(encodeEmptyToServer('terminate'));
  }
}

/** The first value of each row. */
async function ask(socket: Duplex, text: string): Promise<readonly string[]> {
  const values: string[] = [];
  const scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: ANSWER_BYTES,
    wholeMessageBytes: ANSWER_BYTES,
  });
  return new Promise((resolve, reject) => {
    const message = (type: number, body: Buffer) => {
      if (type === backendType.dataRow) {
        const row = decodeDataRow(body);
        if (!isMalformed(row)) values.push(row[0]?.toString('utf8') ?? '');
      } else if (type === backendType.errorResponse) reject(new Error(errorText(body)));
      else if (type === backendType.readyForQuery) resolve(values);
    };
    const never = () => undefined;
    socket.on('data', (chunk: Buffer) => {
      const malformed = scanner.scan(chunk, { message, begin: never, part: never, end: never });
      if (malformed !== undefined) reject(new Error(malformed.detail));
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the target closed the connection'));
    });
    socket.write(encodeQuery(text));
    socket.resume();
  });
}

function errorText(body: Buffer): string {
  const fields = decodeErrorFields(body);
  return isMalformed(fields) ? fields.detail : (fieldText(fields, 'M') ?? '');
}

function catalogOf({ relations, functions, operators, casts, domains }: Answer): Catalog {
  const known = functions.map(functionOf);
  const trusted = new Set(known.filter(({ isTrusted }) => isTrusted).map(keyOf));
  const isJudged = ({ function: called }: { function: FunctionName }) => {
    return !trusted.has(keyOf(called));
  };
  const judgedCasts = casts.filter(isJudged);
  return indexCatalog({
    relations: relations.map(({ schema, name, kind, queries }) => {
      return { schema, name, kind: RELATION_KINDS[kind] ?? 'table', queries };
    }),
    functions: known,
    operators: operators.filter(isJudged),
    types: [
      ...judgedCasts.flatMap(({ types, function: called }) =>
        types.map((name) => ({ name, functions: [called], queries: [] })),
      ),
      ...domains.map(({ name, query }) => ({ name, functions: [], queries: [query] })),
    ],
    implicitCasts: judgedCasts.filter(({ implicit }) => implicit).map((cast) => cast.function),
  });
}

function functionOf(answered: AnsweredFunction): CatalogFunction {
  const { schema, name, volatile: isVolatile, extension } = answered;
  const isReviewed = extension !== null && REVIEWED_EXTENSIONS.has(extension);
  const isTrusted = isReviewed && (!isVolatile || RANDOM_EXTENSIONS.has(extension));
  return { schema, name, ...readable(answered), isTrusted };
}

/** What of a function can be read, and as what. */
function readable(answered: AnsweredFunction): Pick<CatalogFunction, 'language' | 'body'> {
  const { language, source, definition, support } = answered;
  // An aggregate does what the functions do that it is made of.
  if (support !== null) {
    return { language: 'sql', body: `SELECT ${support.map((each) => `${each}()`).join(', ')}` };
  }
  if (language === 'plpgsql') return { language, body: definition ?? '' };
  if (language !== 'sql') return { language, body: '' };
  return { language, body: source ?? parsedBody(definition ?? '') };
}

/** The statements of a function whose body the target keeps parsed, as it prints them. */
function parsedBody(definition: string): string {
  const [, atomic] = /^BEGIN ATOMIC$(.*)^END$/ms.exec(definition) ?? [];
  if (atomic !== undefined) return atomic;
  const [, value] = /^RETURN (.*)$/ms.exec(definition) ?? [];
  return `SELECT ${value ?? ''}`;
}

function keyOf({ schema, name }: FunctionName): string {
  return JSON.stringify([schema, name]);
}
