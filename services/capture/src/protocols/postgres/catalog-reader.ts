import type { Duplex } from 'node:stream';
import type { Catalog } from '@steno/policy';
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
import type { Credential, SealedBook, Target } from '../../options.js';
import { catalogOf } from './catalog-contents.js';
import type { CatalogAnswer } from './catalog-contents.js';
import { CATALOG_QUERY } from './catalog-query.js';
import { connectUpstream } from './upstream.js';
import type { SignIn } from './upstream.js';

/** A catalog that is larger is not read. */
const ANSWER_BYTES = 64 * 1024 * 1024;

/** A target's catalog as it was at one moment. */
export interface ReadCatalog {
  readonly catalog: Catalog;
  /** Of a session of the target's user that has changed nothing. */
  readonly searchPath: readonly string[];
  /** Who read it. */
  readonly username: string;
  /** All that there are. */
  readonly schemas: ReadonlySet<string>;
}

/** What to read a catalog of, and by which credential. */
export interface CatalogSource {
  readonly target: Target;
  readonly credential: Credential | undefined;
  readonly sealed: SealedBook;
}

/** A catalog as the target said it: JSON, which may be sent on. */
export interface CatalogTexts {
  readonly username: string;
  readonly searchPath: string;
  readonly schemas: string;
  readonly contents: string;
}

/** Reads the catalog over a connection of its own. Rejects with a message for the operator. */
export async function readCatalog(source: CatalogSource, timeoutMs: number): Promise<ReadCatalog> {
  return catalogOfTexts(await readCatalogTexts(source, timeoutMs));
}

/** As much, for another thread or process to make the catalog of. */
export async function readCatalogTexts(
  { target, credential, sealed }: CatalogSource,
  timeoutMs: number,
): Promise<CatalogTexts> {
  if (credential === undefined) throw new Error('there is no credential for it');
  const lease = await credential.lease(sealed);
  try {
    return await readBy({ target, lease }, timeoutMs);
  } finally {
    lease.hold?.release();
  }
}

async function readBy(signIn: SignIn, timeoutMs: number): Promise<CatalogTexts> {
  const parameters = new Map([
    ['application_name', 'steno'],
    ['client_encoding', 'UTF8'],
  ]);
  const startup = { minor: 0, parameters, protocolOptions: new Map<string, string>() };
  const upstream = await connectUpstream(signIn, startup, timeoutMs);
  if ('name' in upstream) {
    throw new Error(`${upstream.name}: ${upstream.cause ?? upstream.detail ?? ''}`);
  }
  const timer = setTimeout(() => {
    upstream.socket.destroy(new Error('it took too long'));
  }, timeoutMs);
  try {
    const [searchPath = '[]', schemas = '[]', contents = '{}'] = await ask(
      upstream.socket,
      CATALOG_QUERY,
    );
    return { username: signIn.lease.username, searchPath, schemas, contents };
  } finally {
    clearTimeout(timer);
    upstream.socket.end(encodeEmptyToServer('terminate'));
  }
}

export function catalogOfTexts(texts: CatalogTexts): ReadCatalog {
  return {
    searchPath: JSON.parse(texts.searchPath) as string[],
    username: texts.username,
    schemas: new Set(JSON.parse(texts.schemas) as string[]),
    catalog: catalogOf(JSON.parse(texts.contents) as CatalogAnswer),
  };
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
