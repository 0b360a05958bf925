import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  certificateName,
  certificateSerial,
  revokedAmong,
} from '../src/authentication/revocation-list.js';
import { TestAuthority } from './certificates.js';

const authority = new TestAuthority('Bots CA');
const other = new TestAuthority('Other CA');
const [lost, kept] = [authority.issueTo({ name: 'lost' }), authority.issueTo({ name: 'kept' })];
const derOf = ({ cert }: { readonly cert: string }) => new X509Certificate(cert).raw;
const [lostName, keptName] = [lost, kept].map((one) => certificateName(derOf(one)));
const names = new Set([lostName ?? '', keptName ?? '']);

const pem = (der: Uint8Array) => {
  const text = Buffer.from(der).toString('base64');
  return `-----BEGIN X509 CRL-----\n${text}\n-----END X509 CRL-----\n`;
};
const bytesOf = (crl: string) => Buffer.from(crl.replace(/-----[^-]+-----/g, ''), 'base64');

it.each([
  ['nothing', authority.revoke(), []],
  ['one', authority.revoke(lost), [lostName]],
  ['several', authority.revoke(kept, lost), [lostName, keptName]],
  ['what is of another issuer', other.revoke(lost, kept), []],
  ['one, in the second list', other.revoke(kept) + authority.revoke(lost), [lostName]],
])('takes back %s', (_, lists, expected) => {
  expect([...revokedAmong(names, lists)].sort()).toEqual(expected.sort());
});

it('tells the number as others do', () => {
  const { serialNumber } = new X509Certificate(lost.cert);
  expect(certificateSerial(lostName ?? '').toUpperCase()).toBe(serialNumber);
  expect(certificateSerial('00/0203009f01')).toBe('9f01');
});

it('throws where a list is cut short, wherever that is', () => {
  const whole = bytesOf(authority.revoke(lost, kept));
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => revokedAmong(names, pem(whole.subarray(0, length)))).toThrow();
  }
});

it('comes to an end whatever stands in a list', () => {
  const whole = bytesOf(authority.revoke(lost, kept));
  for (let at = 0; at < whole.length; at += 1) {
    for (const byte of [0x00, 0x30, 0x7f, 0x80, 0x84, 0xff]) {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      try {
        revokedAmong(names, pem(changed));
      } catch (error) {
        expect(String(error)).toMatch(/^Error: it (?:is|has) /);
      }
    }
  }
});
