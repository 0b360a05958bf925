import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findSensitive } from '../src/find.js';
import { Glances } from '../src/glance.js';
import { type ValueType, valueTypes } from '../src/value-types.js';
import { corpus } from './corpus.js';
import { texts } from './texts.js';

const names = [
  ...[undefined, 'title', 'email', 'phone', 'card_number', 'password', 'iban', 'token'],
  ...['ssn', 'order_id', 'fax'],
];
const alone = [
  ...['peter@example.org', 'process.env.MAIL@x.y', 'git@example.org', 'xxx@xxxxxxx.xxx'],
  ...['+49 151 10000001', '2024-05-01 10:00', '0000 0000 0000', '4111 1111 1111 1111', '41x1'],
  ...['4111111111111111', '5555-5555-5555-4444', '4111 1111-1111 1111', '4111 1111 1111 1112'],
  ...[
    '[email:0123abcd]',
    '<none> a@b.de',
    ' bob@example.org',
    'bob@example.org ',
    '{"a":"b@c.de"}',
  ],
];
const anyTypes = fc.oneof(fc.constant(valueTypes), fc.subarray([...valueTypes]));

/** What was glanced, once for each kind. */
function check(text: string, name: string | undefined, types: ReadonlySet<ValueType>): string {
  const bytes = Buffer.from(`..${text}..`);
  const glance = new Glances(types).of(name);
  const glanced = glance.at(bytes, 2, bytes.length - 2);
  if (glanced === 'unsure' || text === '') return glanced;
  const found = findSensitive(text, types, name === undefined ? {} : { column: name });
  const all = [{ type: glance.type, start: 0, end: text.length }];
  expect(found, `${name}: ${text}`).toEqual(glanced === 'whole' ? all : []);
  return glanced;
}

it('says no more than is found: of all texts of the corpus', () => {
  const types = new Set(valueTypes);
  const glanced = [...corpus, ...alone].flatMap((text) =>
    names.map((name) => check(text, name, types)),
  );
  for (const each of ['nothing', 'whole', 'unsure']) expect(glanced).toContain(each);
});

it('knows bare cards, under names that say nothing', () => {
  const card = fc.tuple(
    fc.constantFrom('4', '51', '55', '50', '6'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 16 }),
    fc.constantFrom('', ' ', '-', '.', '  '),
  );
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      card,
      fc.constantFrom(undefined, 'title', 'order_id'),
      anyTypes,
      ([start, rest, gap], name, types) => {
        const digits = `${start}${rest.join('')}`.slice(0, 16).replace(/.{4}(?!$)/g, `$&${gap}`);
        seen.add(check(digits, name, new Set(types)));
      },
    ),
    { numRuns: 20_000 },
  );
  expect(seen).toEqual(new Set(['nothing', 'whole', 'unsure']));
});

it('says no more than is found: of any text, for any types', () => {
  const short = fc.string({ unit: fc.constantFrom(...'ab@.x0159 -+(é'), maxLength: 24 });
  const all = fc.oneof(texts, short, fc.string({ unit: 'binary' }), fc.constantFrom(...corpus));
  fc.assert(
    fc.property(all, fc.constantFrom(...names), anyTypes, (text, name, types) => {
      check(text, name, new Set(types));
    }),
    { numRuns: 5_000 },
  );
});
