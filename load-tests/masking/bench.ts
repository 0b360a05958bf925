import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  equalityTokens,
  findSensitive,
  maskText,
  type ValueType,
  valueTypes,
} from '@steno/masking';
import { isHeldOut, readCorpus, type Row } from './corpus.js';
import { writeGenerated } from './generate.js';
import { typicalRows } from './rows.js';
import { misses, precision, recall, type Score, scoreRows, structured, sum } from './score.js';

// How well values are found in the labelled corpus, and what looking for them costs.
// --generate makes the generated part of the corpus anew, --misses lists what is found wrongly in
// the open part, --keep writes results.txt.

const RESULTS = fileURLToPath(new URL('../../masking/results.txt', import.meta.url));
const ROUNDS = 15;

const everything: ReadonlySet<ValueType> = new Set(valueTypes);
const percent = (share: number) => share.toFixed(4);
const cells = (first: string, ...others: readonly (string | number)[]) =>
  first.padEnd(28) + others.map((other) => String(other).padStart(11)).join('');

function quality(name: string, rows: readonly Row[]): string[] {
  const scores = scoreRows(rows);
  const line = (label: string, score: Score) =>
    cells(label, score.labelled, percent(recall(score)), percent(precision(score)));
  return [
    cells(`${name}, ${rows.length} rows`, 'labelled', 'recall', 'precision'),
    ...valueTypes.map((type) => line(`  ${type}`, sum(scores, [type]))),
    line('  structured identifiers', sum(scores, structured)),
    line('  all types', sum(scores, valueTypes)),
    '',
  ];
}

/** Best of so many rounds, in megabytes of text a second; all ways take turns in each round. */
function throughput(ways: readonly (() => number)[], bytes: number): number[] {
  const best = ways.map(() => Infinity);
  let sink = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, way] of ways.entries()) {
      const from = process.hrtime.bigint();
      sink += way();
      const elapsed = Number(process.hrtime.bigint() - from) / 1e9;
      best[index] = Math.min(best[index] ?? Infinity, elapsed);
    }
  }
  if (sink === 0) throw new Error('nothing was done');
  return best.map((seconds) => bytes / seconds / 1e6);
}

function cost(): string[] {
  const lines = [cells('MB/s', 'copy', 'JSON', 'find', 'mask', 'find/JSON', 'find/copy')];
  const tokens = equalityTokens(new Uint8Array(32));
  for (const [name, texts] of Object.entries(typicalRows())) {
    const documents = texts.map((text) => JSON.stringify({ text }));
    const total = (each: (text: string) => number) => () =>
      texts.reduce((sum_, text) => sum_ + each(text), 0);
    const ways = [
      total((text) => Buffer.from(Buffer.from(text)).length),
      () => documents.reduce((all, text) => all + JSON.stringify(JSON.parse(text)).length, 0),
      total((text) => findSensitive(text, everything).length + 1),
      total((text) => maskText(text, { types: everything }, tokens).text?.length ?? 1),
    ];
    const bytes = texts.reduce((all, text) => all + Buffer.byteLength(text), 0);
    const [copy = 0, json = 0, find = 0, mask = 0] = throughput(ways, bytes);
    const speeds = [copy, json, find, mask].map((speed) => speed.toFixed(0));
    lines.push(cells(`  ${name}`, ...speeds, (find / json).toFixed(2), (find / copy).toFixed(3)));
  }
  return lines;
}

const options = process.argv.slice(2);
if (options.includes('--generate')) writeGenerated();
const rows = readCorpus();
const open = rows.filter((row) => !isHeldOut(row));
if (options.includes('--misses')) process.stdout.write(`${misses(open).join('\n')}\n`);
const [load = 0] = loadavg();
const report = [
  'Masking: values found in services/masking/fixtures/corpus, and what looking for them costs.',
  `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ` +
    `${cpus().length} cores, load ${load.toFixed(1)}, Node ${process.versions.node}`,
  'A value counts as found with the type and the borders of its label only.',
  '',
  ...quality('open part', open),
  ...quality('held-out part', rows.filter(isHeldOut)),
  'All value types at once. copy: Buffer.from of Buffer.from; JSON: parse and stringify of {text}.',
  '',
  ...cost(),
].join('\n');
process.stdout.write(`${report}\n`);
if (options.includes('--keep')) writeFileSync(RESULTS, `${report}\n`);
