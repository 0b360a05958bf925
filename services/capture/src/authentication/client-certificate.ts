import { hash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { FINGERPRINT_BYTES } from '@steno/sessions';
import { findGroups, recordClaims } from './claims.js';
import { fillIdentity } from './identity-template.js';
import { TOKEN_LIMITS } from './settings.js';
import type { VerifiedIdentity } from './token-verifier.js';

/** So that no issuer of tokens is taken for an authority. */
export const CERTIFICATE_ISSUER = 'x509:';

/** How a certificate names who shows it. */
export interface CertificateNames {
  /** Text with `${field}` in it. */
  readonly identity: string;
  /** The field that says in which groups an identity is. */
  readonly groups: string;
}

/** Why a certificate opens no session; fit to be shown to the client. */
export interface CertificateProblem {
  readonly kind: 'untrusted';
  readonly detail: string;
  readonly claimedIssuer: string;
  readonly claimedSubject: string;
  readonly fingerprint: Uint8Array;
}

type Fields = Readonly<Record<string, readonly string[]>>;

/** Entries of subjectAltName as Node writes them: what is not plain is in quotes, as in JSON. */
const ALT_NAME = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
const ALT_NAMES: Readonly<Record<string, string>> = {
  URI: 'san.uri',
  DNS: 'san.dns',
  email: 'san.email',
};

/** Who a certificate speaks for, whose signatures and times are checked already. */
export function identityOfCertificate(
  certificate: X509Certificate,
  { subject: names }: Pick<PeerCertificate, 'subject'>,
  naming: CertificateNames,
): VerifiedIdentity | CertificateProblem {
  const fields = fieldsOf(certificate, names);
  const of = namesOf(certificate, fields);
  const identity = fillIdentity(naming.identity, single(fields));
  const groups = findGroups(fields, naming.groups);
  const [from, until] = [certificate.validFrom, certificate.validTo].map((at) => Date.parse(at));
  const isWhole =
    identity !== undefined &&
    identity.length <= TOKEN_LIMITS.identityLength &&
    groups !== undefined &&
    of.subject !== '' &&
    Math.max(of.issuer.length, of.subject.length) <= TOKEN_LIMITS.claimLength &&
    Number.isFinite(from) &&
    Number.isFinite(until);
  if (!isWhole) {
    return problem(certificate, 'It lacks a field that makes up the identity, or has it twice.');
  }
  return {
    kind: 'verified',
    provenBy: 'certificate',
    ...of,
    identity,
    ...recordClaims(claimsOf(fields), 'all'),
    actors: [],
    groups,
    issuedAt: nanoseconds(from),
    expiresAt: nanoseconds(until),
    fingerprint: fingerprintOf(certificate),
  };
}

export function problem(certificate: X509Certificate, detail: string): CertificateProblem {
  return {
    kind: 'untrusted',
    detail,
    claimedIssuer: CERTIFICATE_ISSUER + oneLine(certificate.issuer),
    claimedSubject: oneLine(certificate.subject),
    fingerprint: fingerprintOf(certificate),
  };
}

/** The subject is the URI, as SPIFFE has it, where there is one. */
function namesOf({ issuer, subject }: X509Certificate, { 'san.uri': uris = [] }: Fields) {
  const [uri] = uris;
  return {
    issuer: CERTIFICATE_ISSUER + oneLine(issuer),
    subject: uri !== undefined && uris.length === 1 ? uri : oneLine(subject),
  };
}

function fieldsOf(certificate: X509Certificate, names: object): Fields {
  const fields: Record<string, readonly string[]> = { serial: [certificate.serialNumber] };
  for (const [name, value] of Object.entries(names)) {
    fields[`subject.${name}`] = [value].flat().filter((each) => typeof each === 'string');
  }
  for (const [kind, name] of altNames(certificate.subjectAltName ?? '')) {
    const field = ALT_NAMES[kind];
    if (field !== undefined) fields[field] = [...(fields[field] ?? []), name];
  }
  return fields;
}

/** None where anything of them is not understood: a name could be hidden in another. */
function altNames(text: string): readonly (readonly [kind: string, name: string])[] {
  const names: [string, string][] = [];
  for (let at = 0; at < text.length; at = ALT_NAME.lastIndex) {
    ALT_NAME.lastIndex = at;
    const [, kind = '', name = ''] = ALT_NAME.exec(text) ?? [];
    if (kind === '') return [];
    names.push([kind, name.startsWith('"') ? (JSON.parse(name) as string) : name]);
  }
  return names;
}

/** Fields that are there once: of others it is not clear which is meant. */
function single(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, values]) =>
      values.length === 1 ? [[name, values[0] ?? '']] : [],
    ),
  );
}

/** What it says, to be recorded; an address of e-mail may name a person. */
function claimsOf(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [
      /email/i.test(name) ? 'email' : name,
      values.join(', '),
    ]),
  );
}

/** Node puts each part of a name on a line of its own. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}

function fingerprintOf({ raw }: X509Certificate): Uint8Array {
  return hash('sha256', raw, 'buffer').subarray(0, FINGERPRINT_BYTES);
}

function nanoseconds(atMs = 0): bigint {
  return BigInt(Math.max(0, atMs)) * 1_000_000n;
}
