import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { makeCorpus } from './corpus.js';
import { pack, recordingCost, seal, sealingCost } from './costs.js';
import { sizesInClickHouse } from './sizes.js';

// What it would cost to make content erasable by encrypting it under its session's key, for
// docs/adr/0003: processor time on capture's path, bytes in the log and in ClickHouse.

const RESULTS = fileURLToPath(new URL('../../content-at-rest/results.txt', import.meta.url));
const COMMANDS = 50_000;
/** Events of one session that a commit packs together. */
const PACKED = [1, 8, 32];

const line = (cells: readonly (string | number)[]) =>
  cells
    .map((cell, index) => (index === 0 ? String(cell).padEnd(30) : String(cell).padStart(16)))
    .join('');

async function bench(): Promise<string> {
  const [load = 0] = loadavg();
  const pieces = makeCorpus(COMMANDS);
  const events = pieces.length;
  const plain = pieces.map(({ bytes }) => bytes);
  const ways = PACKED.map((count) => ({ count, rows: pack(pieces, count).map(seal) }));
  const sizes = await sizesInClickHouse([
    { name: 'plain', rows: plain },
    ...ways.map(({ count, rows }) => ({ name: `sealed_${count}`, rows })),
  ]);
  const recording = recordingCost(pieces);
  const perEvent = (rows: readonly Buffer[]) =>
    (rows.reduce((sum, { length }) => sum + length, 0) / events).toFixed(0);
  const stored = (at: number) => ((sizes[at] ?? Number.NaN) / events).toFixed(0);
  const rows = ways.map(({ count, rows: sealed }, at) => {
    const cost = sealingCost(pieces, count);
    const name = count === 1 ? 'sealed, each event' : `sealed, ${count} events packed`;
    const share = `+${((cost.seal / recording) * 100).toFixed(0)} %`;
    const times = [cost.seal.toFixed(1), share, cost.open.toFixed(1)];
    return line([name, ...times, perEvent(sealed), stored(at + 1)]);
  });
  return [
    'Content at rest: as it is, or sealed by AES-256-GCM under the key of its session.',
    `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ` +
      `${cpus().length} cores, load ${load.toFixed(1)}, Node ${process.versions.node}`,
    `${events} events, each with one piece of content`,
    '',
    'us: microseconds of processor time for one event. "of recording": beside the ' +
      `${recording.toFixed(1)} us that it takes`,
    'capture to write an event as it is (commitment, envelope, chain, batch). Bytes of content for',
    'one event: in the log, and on the disk of ClickHouse (ZSTD).',
    '',
    line(['', 'seal, us', 'of recording', 'open, us', 'in the log', 'in ClickHouse']),
    line(['as it is', '0', '', '0', perEvent(plain), stored(0)]),
    ...rows,
  ].join('\n');
}

const report = await bench();
process.stdout.write(`${report}\n`);
await writeFile(RESULTS, `${report}\n`);
