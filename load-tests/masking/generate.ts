import { writeFileSync } from 'node:fs';
import { corpusFolder } from './corpus.js';
import { Random } from './numbers.js';
import { harmless, type Make, placedRows, plainValues } from './values.js';

// Makes services/masking/fixtures/corpus/generated.txt, the
// same each time: npm run bench:masking -- --generate

const SEED = 0x3a5c;
const ROWS = { plain: 900, placed: 420, harmless: 680 };

const texts: readonly [Around, ...Around[]] = [
  (_random, value) => value,
  (_random, value) => `see ${value} for more`,
  (_random, value) => `(${value})`,
  (random, value) => `${random.below(9999)}⇥${value}⇥open⇥${random.below(500)}.00`,
  (random, value) => `${random.below(9999)},"${value}",open`,
  (random, value) => `{"id":${random.below(9999)},"value":"${value}","ok":true}`,
  (random, value) => `{"items":[{"n":${random.below(99)},"v":"${value}"}]}`,
  (random, value) => `2024-05-01 10:00:0${random.below(10)} INFO got "${value}" in 12ms`,
  (_random, value) => `Failing row contains (7, ${value}, null).`,
  (_random, value) => `note: ${value}, thanks`,
  (_random, value) => `<v>${value}</v>`,
  (_random, value) => `${value}.`,
];
type Around = (random: Random, value: string) => string;

/** Every line of the generated part; the same for the same seed. */
export function generateLines(seed = SEED): string[] {
  const random = new Random(seed);
  const around = (make: Make) => random.pick(texts)(random, make(random));
  return [
    ...Array.from({ length: ROWS.plain }, () => around(random.pick(plainValues))),
    ...Array.from({ length: ROWS.placed }, () => random.pick(placedRows)(random)),
    ...Array.from({ length: ROWS.harmless }, () => around(random.pick(harmless))),
  ];
}

export const generatedFile = `${corpusFolder}generated.txt`;

/** Writes the file; a test tells when it is forgotten. */
export function writeGenerated(): void {
  writeFileSync(generatedFile, `${generateLines().join('\n')}\n`);
}
