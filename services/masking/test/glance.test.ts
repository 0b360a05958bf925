import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findSensitive } from '../src/find.js';
import { Glances } from '../src/glance.js';
import { type ValueType, valueTypes } from '../src/value-types.js';
import { corpus } from './corpus.js';
import { texts } from './texts.js';

const names = [undefined, 'title', 'email', 'phone', 'card_number', 'password', 'iban', 'token'];
const alone = [
  ...['peter@example.org', 'process.env.MAIL@x.y', 'git@example.org', 'xxx@xxxxxxx.xxx'],
  ...['+49 151 10000001', '2024-05-01 10:00', '0000 0000 0000', '4111 1111 1111 1111', '41x1'],
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
