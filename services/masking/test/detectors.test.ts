import { describe, expect, it } from 'vitest';
import { findSensitive } from '../src/find.js';
import { type ValueType, valueTypes } from '../src/value-types.js';

const everything: ReadonlySet<ValueType> = new Set(valueTypes);

function found(text: string, column?: string): string[] {
  const context = column === undefined ? {} : { column };
  return findSensitive(text, everything, context).map(
    ({ type, start, end }) => `${type}:${text.slice(start, end)}`,
  );
}

// What each detector takes and leaves, pairwise: the second differs from the first by what makes it
// no such value. Values are made up; broken() keeps those of services from looking live.
const broken = (...parts: string[]) => parts.join('');
const repeated = (text: string, length: number) => text.repeat(length).slice(0, length);

const pairs: readonly [type: ValueType, text: string, value: string, not: string][] = [
  ['email', 'to bob@example.com,', 'bob@example.com', 'to bob@1.2.3,'],
  ['email', 'x%40example.com', 'x%40example.com', 'x%40example'],
  ['email', 'git@example.com now', 'git@example.com', 'git@example.com:acme/x.git'],
  ['phone', 'at +49 30 901820', '+49 30 901820', 'at +49 30'],
  ['phone', 'tel. 030 901820', '030 901820', 'no. 030 901820'],
  ['phone', '(212) 555-0142', '(212) 555-0142', '(112) 555-0142'],
  ['phone', '06 12 34 56 78', '06 12 34 56 78', '06 12 34 56'],
  ['card', '4111 1111 1111 1111', '4111 1111 1111 1111', '4111 1111 1111 1112'],
  ['card', '378282246310005', '378282246310005', '178282246310005'],
  ['card', '3782 822463 10005', '3782 822463 10005', '3782 8224631 0005'],
  ['card-code', 'cvv: 123', '123', 'aisle: 123'],
  [
    'iban',
    'DE89 3704 0044 0532 0130 00',
    'DE89 3704 0044 0532 0130 00',
    'DE88 3704 0044 0532 0130 00',
  ],
  ['national-id', '536-90-4399', '536-90-4399', '936-90-4399'],
  ['national-id', 'AB123456C', 'AB123456C', 'QQ123456C'],
  ['national-id', 'IdNr 36574261809', '36574261809', 'item 36574261809'],
  ['national-id', 'IdNr 36574261809', '36574261809', 'IdNr 36574261808'],
  ['national-id', '295109912611193', '295109912611193', '295109912611194'],
  ['national-id', '54362315K', '54362315K', '54362315L'],
  ['national-id', 'RCCMNL83S18D969H', 'RCCMNL83S18D969H', 'RCCMNL83S18D969X'],
  ['national-id', 'BSN 111222333', '111222333', 'BSN 111222334'],
  ['national-id', 'PESEL 44051401359', '44051401359', 'PESEL 44051401358'],
  ['national-id', '390.533.447-05', '390.533.447-05', '390.533.447-06'],
  ['national-id', '2341 2341 2346', '2341 2341 2346', '2341 2341 2347'],
  ['national-id', 'personnummer 811218-9876', '811218-9876', 'batch 811218-9876'],
  [
    'vcs-token',
    broken('gh', 'p_', repeated('Ab1', 36)),
    broken('gh', 'p_', repeated('Ab1', 36)),
    'ghp_Ab1',
  ],
  [
    'cloud-key',
    broken('AK', 'IAIOSFODNN7EXAMPLE'),
    broken('AK', 'IAIOSFODNN7EXAMPLE'),
    'AKIAEXAMPLE',
  ],
  [
    'cloud-key',
    broken('s', 'k-', repeated('aB3', 40)),
    broken('s', 'k-', repeated('aB3', 40)),
    'sk-learn',
  ],
  [
    'cloud-key',
    `steno_key_${repeated('aB3', 43)}_0aB1cD`,
    `steno_key_${repeated('aB3', 43)}_0aB1cD`,
    `steno_key_${repeated('aB3', 42)}_0aB1cD`,
  ],
  [
    'cloud-key',
    `steno_pat_${repeated('a-_3', 43)}`,
    `steno_pat_${repeated('a-_3', 43)}`,
    'steno_pat_name',
  ],
  ['connection-string', 'redis://u:pw@h', 'pw', 'redis://u@h'],
  ['password', 'https://u:pw@h', 'pw', 'https://h:80/a@b'],
  ['connection-string', 'Server=a;User Id=b;Password=c;', 'c', 'Server=a;User Id=b;'],
  ['session-cookie', 'Cookie: a=b; sid=0123abcd', '0123abcd', 'Cookie: a=b; lang=0123abcd'],
  ['authorization', 'Authorization: Basic YWRhOng=', 'YWRhOng=', 'Authorization: required'],
  ['kube-secret', 'kind: Secret\ndata:\n  a: Zm9v', 'Zm9v', 'kind: ConfigMap\ndata:\n  a: Zm9v'],
  ['password', 'password=x1', 'x1', 'password=$1'],
  ['password', 'run --password x1', 'x1', 'run --password-file x1'],
  ['password', 'mysql -px1 db', 'x1', 'mysql -P3306 db'],
  ['password', "ALTER USER a PASSWORD 'x1'", 'x1', 'ALTER USER a PASSWORD NULL'],
  ['password', '{\\"password\\":\\"x1\\"}', 'x1', '{\\"passwords\\":\\"x1\\"}'],
  ['high-entropy', 'api_key=9f8e7d6c5b4a3921', '9f8e7d6c5b4a3921', 'etag=9f8e7d6c5b4a3921'],
  ['high-entropy', 'token=9f8e7d6c5b4a3921', '9f8e7d6c5b4a3921', 'token=some-words-in-a-row'],
];

describe('detectors', () => {
  it.each(pairs)('%s: take "%s"', (type, text, value, not) => {
    expect(found(text)).toEqual([`${type}:${value}`]);
    expect(found(not)).toEqual([]);
  });

  it('take tokens of the web by their header', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'HS256' })}.${part({ sub: 'ada' })}.c2lnbmF0dXJl`;
    expect(found(`got ${token}.`)).toEqual([`jwt:${token}`]);
    expect(found(`${part({ kid: 'no algorithm' })}.${part({ sub: 'ada' })}.c2ln`)).toEqual([]);
  });

  it('take private keys to their end, and cut ones as far as they go', () => {
    const label = 'RSA PRIVATE' + ' KEY';
    const key = `-----BEGIN ${label}-----\nRVhBTVBMRQ==\n-----END ${label}-----`;
    expect(found(`a\n${key}\nb`)).toEqual([`private-key:${key}`]);
    expect(found(key.slice(0, -30))).toEqual([`private-key:${key.slice(0, -30).trimEnd()}`]);
    expect(found(key.replaceAll('PRIVATE', 'PUBLIC'))).toEqual([]);
  });

  it('take a check code beside a card only', () => {
    expect(found('4111111111111111 12/29 123')).toContain('card-code:123');
    expect(found('order 12/29 123')).toEqual([]);
  });

  it('go by the column, and never by the value for names of persons', () => {
    expect(found('Ada', 'first_name')).toEqual(['person-name:Ada']);
    expect(found(' x9 ', 'password')).toEqual(['password:x9']);
    expect(found('123', 'cvv')).toEqual(['card-code:123']);
    expect(found('536904399', 'ssn')).toEqual(['national-id:536904399']);
    expect(found('Ada Lindgren')).toEqual([]);
    expect(found('n/a', 'email')).toEqual([]);
    expect(found('true', 'password')).toEqual([]);
  });

  it('find what stands under the name of a header besides what is its own', () => {
    expect(found('a=b; x=bob@example.com', 'cookie')).toEqual(['email:bob@example.com']);
    expect(found('call +49 30 901820', 'authorization')).toContain('phone:+49 30 901820');
  });

  it('leave tokens alone, whatever their name says of their digits', () => {
    const tokens = 'tel [phone:70571136] password [password:b0f4bd19] [cvv] [card-code:12345678]';
    expect(found(tokens)).toEqual([]);
    expect(found('[password:hunter2')).toEqual(['password:hunter2']);
  });

  it('find only what is asked for', () => {
    const text = 'bob@example.com 4111111111111111 password=x1';
    expect(findSensitive(text, new Set(['card'])).map(({ type }) => type)).toEqual(['card']);
    expect(findSensitive(text, new Set())).toEqual([]);
  });

  it('take a password in a URL as whichever type is asked for', () => {
    const types = (...asked: ValueType[]) =>
      findSensitive('postgres://u:pw@h/d', new Set(asked)).map(({ type }) => type);
    expect(types('password')).toEqual(['password']);
    expect(types('connection-string')).toEqual(['connection-string']);
    expect(types('password', 'connection-string')).toEqual(['connection-string']);
  });
});
