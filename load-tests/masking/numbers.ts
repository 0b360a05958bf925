// Numbers with checksums, made without the packages that judge them: a mistake in one would not be
// hidden by the same in the other.

/** mulberry32: the same corpus in every run. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  from(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet.charAt(this.below(alphabet.length))).join('');
  }

  digits(length: number): string {
    return this.from('0123456789', length);
  }

  shuffled(text: string): string {
    const characters = Array.from(text);
    for (let at = characters.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      [characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? ''];
    }
    return characters.join('');
  }

  /** Puts a digit for each #. */
  hashes(pattern: string): string {
    return pattern.replace(/#/g, () => this.digits(1));
  }

  /** Fills a pattern: # is any digit, 9 one that is not 0, A a capital letter. */
  fill(pattern: string): string {
    return pattern.replace(/[#9A]/g, (mark) => {
      if (mark === '#') return this.digits(1);
      return mark === '9' ? this.from('123456789', 1) : this.from('ABCDEFGHJKLMNPRSTWXYZ', 1);
    });
  }
}

export const lowerHex = '0123456789abcdef';
export const letters = 'abcdefghijklmnopqrstuvwxyz';
export const base62 = `${letters}${letters.toUpperCase()}0123456789`;

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
}

export function luhnDigit(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 0 ? 2 : 1);
    sum += Math.floor(digit / 10) + (digit % 10);
  }
  return String((10 - (sum % 10)) % 10);
}

export function card(random: Random): string {
  const [prefix, length] = random.pick<readonly [string, number]>([
    ['4', 16],
    ['51', 16],
    ['55', 16],
    ['2305', 16],
    ['34', 15],
    ['37', 15],
    ['6011', 16],
    ['36', 14],
    ['3530', 16],
  ]);
  const body = prefix + random.digits(length - prefix.length - 1);
  const digits = body + luhnDigit(body);
  const gap = random.pick(['', '', ' ', '-']);
  if (length === 16) return digits.replace(/(\d{4})(?=\d)/g, `$1${gap}`);
  return `${digits.slice(0, 4)}${gap}${digits.slice(4, 10)}${gap}${digits.slice(10)}`;
}

export function iban(random: Random): string {
  const [country, bban] = random.pick<readonly [string, string]>([
    ['DE', '##################'],
    ['GB', 'AAAA##############'],
    ['AT', '################'],
    ['CH', '#################'],
    ['IE', 'AAAA##############'],
    ['LU', '################'],
    ['RO', 'AAAA################'],
    ['SA', '####################'],
    ['GR', '#######################'],
  ]);
  const account = random.fill(bban);
  const numeric = `${account}${country}00`.replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  const check = String(98n - (BigInt(numeric) % 97n)).padStart(2, '0');
  const compact = `${country}${check}${account}`;
  return random.below(2) === 0 ? compact : compact.replace(/(.{4})(?=.)/g, '$1 ');
}

const verhoeff = ['1234067895', '2340178956', '3401289567', '4012395678', '5987604321'];
const verhoeffTable = [
  '0123456789',
  ...verhoeff,
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const verhoeffTurn = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

function verhoeffDigit(digits: string): string {
  let check = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    check = Number(verhoeffTable[check]?.[Number(verhoeffTurn[(at + 1) % 8]?.[digit])]);
  }
  return String(Array.from('0123456789').findIndex((_, d) => verhoeffTable[check]?.[d] === '0'));
}

function germanDigit(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

const born = (random: Random) => ({
  year: String(50 + random.below(49)),
  month: String(1 + random.below(12)).padStart(2, '0'),
  day: String(1 + random.below(28)).padStart(2, '0'),
});

/** A number and, where it needs one, the word that has to stand before it. */
export interface Id {
  readonly value: string;
  readonly word: string;
}

export const nationalIds: readonly [(random: Random) => Id, ...((random: Random) => Id)[]] = [
  (random) => ({
    word: '',
    value: `${100 + random.below(500)}-${random.fill('9#')}-${random.fill('9###')}`,
  }),
  (random) => ({ word: '', value: `AB${random.digits(6)}${random.pick(['A', 'B', 'C', 'D'])}` }),
  (random) => {
    const digits = random.digits(8);
    return { word: '', value: digits + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23) };
  },
  (random) => {
    const { year, month } = born(random);
    const body = `${random.pick(['1', '2'])}${year}${month}75${random.digits(6)}`;
    return { word: '', value: body + String(97n - (BigInt(body) % 97n)).padStart(2, '0') };
  },
  (random) => {
    // Of the first ten digits one stands twice and one is missing; none begins with 0.
    const digits = random.shuffled('123456789').slice(0, 8);
    const start = `${digits}0${digits.charAt(random.below(8))}`;
    return { word: 'Steuer-ID ', value: start + germanDigit(start) };
  },
  (random) => {
    for (;;) {
      const body = random.fill('9#######');
      const rest = weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      if (rest < 10) return { word: 'BSN: ', value: `${body}${rest}` };
    }
  },
  (random) => {
    const { year, month, day } = born(random);
    const body = `${year}${month}${day}${random.digits(4)}`;
    const rest = weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10;
    return { word: 'PESEL ', value: `${body}${(10 - rest) % 10}` };
  },
  (random) => {
    const body = random.fill('9########');
    const digit = (text: string) => {
      const rest =
        (weighted(
          text,
          Array.from(text, (_, at) => text.length + 1 - at),
        ) *
          10) %
        11;
      return String(rest % 10);
    };
    const nine = body + digit(body);
    const value = (nine + digit(nine)).replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4');
    return { word: '', value };
  },
  (random) => {
    const body = `${random.from('23456789', 1)}${random.digits(10)}`;
    const value = (body + verhoeffDigit(body)).replace(/(....)(....)(....)/, '$1 $2 $3');
    return { word: '', value };
  },
  (random) => {
    const { year, month, day } = born(random);
    const body = `${year}${month}${day}${random.digits(3)}`;
    return {
      word: 'personnummer ',
      value: `${body.slice(0, 6)}-${body.slice(6)}${luhnDigit(body)}`,
    };
  },
];
