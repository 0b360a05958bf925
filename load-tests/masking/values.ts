import type { ValueType } from '@steno/masking';
import type { Random } from './numbers.js';
import { base62, card, iban, letters, lowerHex, nationalIds } from './numbers.js';

/** A value as the corpus writes it, marked or not. */
export type Make = (random: Random) => string;
type Some<T> = readonly [T, ...T[]];

const names: Some<string> = ['ada', 'nadia', 'liam', 'keiko', 'rosa', 'sven', 'tara', 'omar'];
const surnames: Some<string> = ['lindgren', 'almeida', 'costa', 'dahl', 'okafor', 'moreau'];
const sites: Some<string> = [
  'example.com',
  'example.org',
  'mail.example.net',
  'corp.example.co.uk',
];
const phones: Some<string> = [
  '+49 30 901###',
  '+49 171 23#####',
  '+1 212-555-01##',
  '+1 (415) 555-01##',
  '(312) 555-01##',
  '646-555-01##',
  '+44 20 7946 0###',
  '+44 7700 900###',
  '+33 1 42 68 ## ##',
  '+39 06 698 #####',
  '+34 612 34# ###',
  '+31 6 12######',
  '+48 512 34# ###',
  '+46 70 123 ## ##',
  '+91 98765 4####',
  '+55 11 9123#-####',
  '+61 412 34# ###',
  '+41 79 123 ## ##',
  '+4930901###',
  '+14155550###',
];

const mark = (type: ValueType, value: string) => `«${type}:${value}»`;
/** A break that reading takes out; nothing in the repository looks like a live token. */
const broken = (text: string) => `${text.slice(0, 2)}¦${text.slice(2)}`;
const b64url = (text: string) => Buffer.from(text).toString('base64url');

const email: Make = (random) =>
  random.pick(names) +
  random.pick(['.', '_', '-', '']) +
  random.pick(surnames) +
  random.pick(['', '', String(random.below(99)), '+x']) +
  `@${random.pick(sites)}`;

const tokens: Some<readonly [ValueType, Make]> = [
  ['vcs-token', (random) => `ghp_EXAMPLE${random.from(base62, 29)}`],
  ['vcs-token', (random) => `gho_EXAMPLE${random.from(base62, 29)}`],
  ['vcs-token', (random) => `glpat-EXAMPLE${random.from(base62, 13)}`],
  ['vcs-token', (random) => `github_pat_EXAMPLE${random.from(base62, 40)}`],
  ['cloud-key', (random) => `AKIA${random.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 9)}EXAMPLE`],
  ['cloud-key', (random) => `AIzaEXAMPLE${random.from(base62, 28)}`],
  ['cloud-key', (random) => `sk_test_EXAMPLE${random.from(base62, 17)}`],
  ['cloud-key', (random) => `xoxb-${random.digits(12)}-EXAMPLE${random.from(base62, 17)}`],
  ['cloud-key', (random) => `npm_EXAMPLE${random.from(base62, 29)}`],
  ['cloud-key', (random) => `SG.EXAMPLE${random.from(base62, 15)}.${random.from(base62, 43)}`],
  ['cloud-key', (random) => `sk-proj-EXAMPLE${random.from(base62, 33)}`],
  ['cloud-key', (random) => `hvs.EXAMPLE${random.from(base62, 20)}`],
];

const token: Make = (random) => {
  const [type, make] = random.pick(tokens);
  return mark(type, broken(make(random)));
};

const jwt: Make = (random) => {
  const header = b64url(`{"alg":"${random.pick(['HS256', 'RS256', 'ES256'])}","typ":"JWT"}`);
  const payload = b64url(`{"sub":"${random.pick(names)}","iat":17${random.digits(8)}}`);
  return mark('jwt', broken(`${header}.${payload}.${random.from(base62, 43)}`));
};

const pem: Make = (random) => {
  const label = `${random.pick(['RSA ', 'EC ', '', 'OPENSSH '])}PRIVATE¦ KEY`;
  const lines = Array.from({ length: 2 + random.below(4) }, () => random.from(base62, 64));
  return mark('private-key', `-----BEGIN ${label}-----⏎${lines.join('⏎')}⏎-----END ${label}-----`);
};

const password: Make = (random) =>
  `${random.from(letters, 4)}${random.from('!#%*_', 1)}EXAMPLE${random.digits(2)}`;

/** Values that stand by themselves. */
export const plainValues: Some<Make> = [
  (random) => mark('email', email(random)),
  (random) => mark('email', email(random)),
  (random) => mark('phone', random.hashes(random.pick(phones))),
  (random) => mark('phone', random.hashes(random.pick(phones))),
  (random) => mark('card', card(random)),
  (random) => mark('iban', iban(random)),
  (random) => {
    const { word, value } = random.pick(nationalIds)(random);
    return `${word}${mark('national-id', value)}`;
  },
  token,
  jwt,
];

/** Whole rows around values that are known by their place. */
export const placedRows: Some<Make> = [
  (random) => `password=${mark('password', password(random))}`,
  (random) => `{"user":"${random.pick(names)}","password":"${mark('password', password(random))}"}`,
  (random) => `ALTER ROLE ${random.pick(names)} PASSWORD '${mark('password', password(random))}'`,
  (random) => `deploy --password ${mark('password', password(random))} --force`,
  (random) =>
    `postgres://${random.pick(names)}:${mark('connection-string', random.from(base62, 12))}` +
    `@db${random.below(9)}.example.com:5432/shop`,
  (random) =>
    `Server=db${random.below(9)};Database=shop;User Id=sa;` +
    `Password=${mark('connection-string', password(random))};`,
  (random) => `Authorization: Bearer ${mark('authorization', random.from(base62, 32))}`,
  (random) => `Cookie: lang=en; JSESSIONID=${mark('session-cookie', random.from(base62, 32))}`,
  (random) => `api_key=${mark('high-entropy', random.from(base62, 40))}`,
  (random) => `[[first_name]] ${mark('person-name', random.pick(names))}`,
  (random) => `[[last_name]] ${mark('person-name', random.pick(surnames))}`,
  (random) => `[[ssn]] ${mark('national-id', random.fill('99#9##9##'))}`,
  (random) => `[[phone]] ${mark('phone', random.fill('0## #######'))}`,
  (random) => `[[cvv]] ${mark('card-code', random.fill('9##'))}`,
  (random) =>
    `${mark('card', card(random))} 0${random.fill('9')}/28 ` +
    mark('card-code', random.fill('9##')),
  (random) => `kind: Secret⏎data:⏎  key: ${mark('kube-secret', b64url(random.from(base62, 12)))}`,
  pem,
];

const hex = (random: Random, length: number) => random.from(lowerHex, length);
const pad = (value: number) => String(value).padStart(2, '0');
const date = (random: Random) => `2024-${pad(1 + random.below(12))}-${pad(1 + random.below(28))}`;
const time = (random: Random) =>
  `${pad(random.below(24))}:${pad(random.below(60))}:${pad(random.below(60))}`;

/** What is not sensitive, and looks as if. */
export const harmless: Some<Make> = [
  (random) =>
    `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  (random) => hex(random, 40),
  (random) => hex(random, 64),
  (random) => hex(random, 32),
  (random) => random.fill('ORD-2024-######'),
  (random) => random.fill('9#########'),
  (random) => random.fill('9###########'),
  (random) => `${date(random)} ${time(random)}.${random.digits(6)}+00`,
  (random) => `${date(random)}T${time(random)}Z`,
  (random) => `17${random.digits(11)}`,
  (random) => `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
  (random) => Array.from({ length: 6 }, () => hex(random, 2)).join(':'),
  (random) => `v${random.below(20)}.${random.below(40)}.${random.below(99)}-rc.${random.below(9)}`,
  (random) => `97831614${random.digits(5)}`,
  (random) => `4006381${random.digits(6)}`,
  (random) => random.fill('9###-####-####-###'),
  (random) => random.fill('AA-####-AA'),
  (random) => Buffer.from(random.from(base62, 48)).toString('base64'),
  (random) => `pkg-${random.pick(names)}@${random.below(9)}.${random.below(99)}.${random.below(9)}`,
  (random) => `git@github.com:${random.pick(surnames)}/${random.pick(names)}.git`,
  (random) => `${(random.below(2_000_000) / 100).toFixed(2)}`,
  (random) => `${random.below(90)}.${random.digits(6)}, -${random.below(180)}.${random.digits(6)}`,
  (random) =>
    `https://example.com/${random.pick(names)}/${random.digits(8)}?page=${random.below(9)}`,
  (random) => `/var/lib/${random.pick(names)}/${random.pick(surnames)}-${random.digits(4)}.log`,
  (random) => `0x${hex(random, 12)}`,
  (random) => random.fill('SKU ######/##-AA'),
  (random) => random.fill('1Z999AA1##########'),
  (random) => `img:${random.from(base62, 22)}==`,
];
