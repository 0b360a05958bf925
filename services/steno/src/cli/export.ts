import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { addVerb } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly format: string;
  readonly out?: string;
}

const FORMATS = ['cast2', 'cast3', 'text', 'ndjson'];
/** What was recorded is for whoever may see it. */
const PRIVATE_FILE = 0o600;

export const defineExport: DefineVerb = (program, context, finish) => {
  addVerb(program, 'export <session>', 'Writes a session to a file.')
    .addOption(
      new Option('--format <format>', 'asciicast v2 or v3, what a terminal showed, or all events')
        .choices(FORMATS)
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'the file, in place of one that is there; without it, the output')
    .action(async (session: string, { format, out, ...options }: Options) => {
      const client = new ApiClient(findApi(context, options));
      const path = `/api/sessions/${encodeURIComponent(session)}/export`;
      const pieces = client.stream(path, { format });
      if (out === undefined) {
        for await (const piece of pieces) await context.out.write(piece);
      } else {
        const written = await writeWhole(resolve(context.directory, out), pieces);
        await tell(context, { session, format, out, ...written }, options.json === true);
      }
      finish(EXIT.done);
    });
};

interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** All of it, or the file stays what it was. */
async function writeWhole(path: string, pieces: AsyncIterable<Uint8Array>): Promise<Written> {
  const temporary = `${path}.${process.pid}.new`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await open(temporary, 'wx', PRIVATE_FILE);
    try {
      for await (const piece of pieces) {
        hash.update(piece);
        bytes += piece.length;
        await file.writeFile(piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof CliError) throw error;
    throw new CliError('not-written', error instanceof Error ? `${error.message}.` : String(error));
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function tell(
  { out, err }: Context,
  written: Written & { readonly session: string; readonly format: string; readonly out: string },
  asJson: boolean,
): Promise<void> {
  if (asJson) await out.json(written);
  else {
    const size = written.bytes.toLocaleString('en-US');
    await err.line(`Wrote ${written.out}: ${size} bytes, SHA-256 ${written.sha256}`);
  }
}
