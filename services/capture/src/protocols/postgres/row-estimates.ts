import type { Duplex } from 'node:stream';
import type { Hold } from '@steno/policy';
import {
  MessageScanner,
  backendType,
  decodeDataRow,
  decodeErrorFields,
  encodeBoundValues,
  encodeEmptyToServer,
  encodeExecute,
  encodeParse,
  encodeQuery,
  fieldText,
  isMalformed,
} from '@steno/wire-postgres';
import type { Estimate, Estimable } from '../../approvals/estimate.js';
import { ESTIMATE_MS } from '../../approvals/estimate.js';
import type { CatalogSource } from './catalog-reader.js';
import { rowsOfPlan, whyNotEstimable } from './estimable.js';
import { connectUpstream } from './upstream.js';

/** Estimates of one gateway at a time; more are left out. */
const AT_ONCE = 4;
const PLAN_BYTES = 1024 * 1024;
const NO_VALUES = Buffer.alloc(4);
/** Nothing that planning might run can change anything, or hold others up. */
const CAUTIOUS = 'BEGIN READ ONLY; SET LOCAL statement_timeout = 500; SET LOCAL lock_timeout = 100';
const STARTUP = {
  minor: 0,
  parameters: new Map([
    ['application_name', 'steno'],
    ['client_encoding', 'UTF8'],
  ]),
  protocolOptions: new Map<string, string>(),
};

/** Asks targets how many rows held commands would reach, over connections of its own. */
export class RowEstimates {
  private underWay = 0;

  /** What asks the target for one; it never rejects. */
  at(source: CatalogSource) {
    return (asked: Estimable, hold: Hold) => this.of(source, asked, hold);
  }

  private async of(source: CatalogSource, asked: Estimable, hold: Hold): Promise<Estimate> {
    const { text } = asked;
    const why = text === undefined ? 'it runs by another message' : whyNotEstimable(hold);
    if (text === undefined || why !== '') return { why };
    if (this.underWay >= AT_ONCE) return { why: 'too many are estimated at once' };
    this.underWay += 1;
    try {
      const rows = rowsOfPlan(await explain(source, { ...asked, text }), hold);
      return rows === undefined ? { why: 'the plan does not say' } : { rows };
    } catch (error) {
      return { why: error instanceof Refused ? error.message : 'the target could not be asked' };
    } finally {
      this.underWay -= 1;
    }
  }
}

/** By the target; its message has a code alone, since its words may have values in them. */
class Refused extends Error {
  override readonly name = 'Refused';
}

async function explain(
  { target, credential, sealed }: CatalogSource,
  asked: Estimable & { readonly text: Buffer },
): Promise<string> {
  if (credential === undefined) throw new Error('there is no credential for it');
  const lease = await credential.lease(sealed);
  try {
    const upstream = await connectUpstream({ target, lease }, STARTUP, ESTIMATE_MS);
    if ('name' in upstream) throw new Error(upstream.name);
    const { socket } = upstream;
    const timer = setTimeout(() => socket.destroy(new Error('it took too long')), ESTIMATE_MS);
    try {
      return await plan(socket, asked);
    } finally {
      clearTimeout(timer);
      // What was begun is rolled back with it.
      socket.end(encodeEmptyToServer('terminate'));
    }
  } finally {
    lease.hold?.release();
  }
}

/** A Parse takes one statement alone, so that nothing of the text runs behind the EXPLAIN. */
function questions({ text, types, values = NO_VALUES }: Estimable & { readonly text: Buffer }) {
  const explained = Buffer.concat([Buffer.from('EXPLAIN (FORMAT JSON) '), text]);
  return [
    encodeQuery(CAUTIOUS),
    encodeParse({ name: '', text: explained, parameterTypes: [...types] }),
    encodeBoundValues(values),
    encodeExecute('', 0),
    encodeEmptyToServer('sync'),
  ];
}

async function plan(socket: Duplex, asked: Estimable & { readonly text: Buffer }): Promise<string> {
  const lines: string[] = [];
  let ready = 0;
  const scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: PLAN_BYTES,
    wholeMessageBytes: PLAN_BYTES,
  });
  return new Promise((resolve, reject) => {
    const message = (type: number, body: Buffer) => {
      if (type === backendType.dataRow) {
        const row = decodeDataRow(body);
        if (!isMalformed(row)) lines.push(row[0]?.toString('utf8') ?? '');
      } else if (type === backendType.errorResponse) reject(refusedBy(body));
      else if (type === backendType.readyForQuery) {
        ready += 1;
        if (ready === 2) resolve(lines.join('\n'));
      }
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
    socket.write(Buffer.concat(questions(asked)));
    socket.resume();
  });
}

function refusedBy(body: Buffer): Refused {
  const fields = decodeErrorFields(body);
  const code = isMalformed(fields) ? '' : (fieldText(fields, 'C') ?? '');
  const known = /^[0-9A-Z]{5}$/.test(code) ? code : 'an error';
  return new Refused(`the target answered ${known}`);
}
