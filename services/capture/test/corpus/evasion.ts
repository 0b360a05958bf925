import { encodeCopyData, encodeEmptyToServer, encodeQuery } from '@steno/wire-postgres';
import type { RawClient, ServerMessage } from '../raw-client.js';
import { casesOf } from './case-files.js';
import { SECRET } from './world.js';

/** Something that changes more than a reader may, and what it hides behind. */
export interface Evasion {
  readonly name: string;
  /** What of a fingerprint differs after it, or `secret`: the client has read it. */
  readonly effect: string;
  /** What its text is known to do: kinds, and `opaque`. */
  readonly facts: string;
  readonly texts: readonly string[];
  readonly undo: string;
  readonly run: (client: RawClient, database: string) => Promise<readonly ServerMessage[]>;
}

/** `fill`: gives the names that differ from one run of the tests to the next. */
export function evasionsIn(folder: URL, fill: (text: string) => string): readonly Evasion[] {
  return casesOf(folder).map(({ file, name, told, texts, undo }) => {
    const [effect = '', facts = ''] = told;
    const title = `${file.replace('.sql', '')}: ${name}`;
    const run = (client: RawClient, database: string) => {
      const filled = texts.map((text) => fill(text).replaceAll('{database}', database));
      return askAll(client, filled);
    };
    return { name: title, effect, facts, texts, undo, run };
  });
}

async function askAll(client: RawClient, texts: readonly string[]): Promise<ServerMessage[]> {
  const answers: ServerMessage[] = [];
  for (const text of texts) answers.push(...(await ask(client, text)));
  return answers;
}

/** COPY FROM STDIN gets one row. */
async function ask(client: RawClient, text: string): Promise<readonly ServerMessage[]> {
  client.send(encodeQuery(text));
  const answer = await client.until('Z', 'G');
  if (answer.at(-1)?.type !== 'G') return answer;
  const data = encodeCopyData(Buffer.from('77\n'));
  return [...answer, ...(await client.ask(data, encodeEmptyToServer('copyDone')))];
}

export function readsSecret(answer: readonly ServerMessage[]): boolean {
  return answer.some(({ type, body }) => 'Dd'.includes(type) && body.includes(SECRET));
}
