import { Random } from './numbers.js';
import { harmless, plainValues } from './values.js';

const ROWS = 4000;
const words =
  'the order was sent to our store in time and nobody has asked for more of it since'.split(' ');

/** Texts as a relay has them in hand: cells, whole rows, documents; few of them hold a value. */
export function typicalRows(): Readonly<Record<string, readonly string[]>> {
  const random = new Random(0x70e);
  const prose = (): string =>
    Array.from({ length: 8 }, () => words[random.below(words.length)]).join(' ');
  const value = () =>
    random
      .pick(plainValues)(random)
      .replace(/«[a-z-]+:|[»¦]/g, '');
  const ordinary = () => random.pick(harmless)(random);
  const email = () => `user${random.below(99_999)}@example.com`;
  const stamp = () => `2024-05-${10 + random.below(19)} 10:${10 + random.below(49)}:00+00`;
  const make = (each: () => string) => Array.from({ length: ROWS }, each);
  const columns = (email_: string) =>
    [random.below(99_999), prose(), email_, 'open', stamp(), random.below(9999) / 100].join('\t');
  return {
    'cells without values': make(() =>
      random.pick<() => string>([() => String(random.below(99_999)), () => 'open', stamp, prose])(),
    ),
    'rows, an e-mail in each': make(() => columns(email())),
    'rows, none in them': make(() => columns('none')),
    prose: make(() => `${prose()} ${prose()} ${prose()}`),
    'ids, hashes, times': make(ordinary),
    'a value in each': make(() => `${prose()} ${value()}`),
    'JSON documents': make(() =>
      JSON.stringify({
        id: random.below(9999),
        note: prose(),
        email: email(),
        at: stamp(),
        n: [1],
      }),
    ),
  };
}
