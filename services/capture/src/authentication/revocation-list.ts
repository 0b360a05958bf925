/*
 * Reads of certificates and of lists of revoked ones (RFC 5280, DER) whom they name: issuer and
 * serial number. Not a check of either: OpenSSL has verified the certificate, and has read the list
 * before it is looked at here. A list that takes back certificates of other issuers than its own
 * (indirect), or says changes only (delta), is not understood as that.
 */

const TAGS = { integer: 0x02, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, version: 0xa0 };
const PEM = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g;
const LENGTH_BYTES_MAX = 4;

interface Element {
  readonly tag: number;
  readonly start: number;
  /** Where its contents begin. */
  readonly body: number;
  readonly end: number;
}

/** Tells a certificate apart from all others: who issued it, and under which number. */
export function certificateName(der: Buffer): string {
  const [serial, , issuer] = partsOf(der, TAGS.version);
  return nameOf(der, issuer, serial);
}

/** As it was named here; in hex, without the tag and length before it. */
export function certificateSerial(name: string): string {
  const der = name.slice(name.indexOf('/') + 1);
  // A zero before it keeps it from being negative.
  return der.slice(4).replace(/^00(?=.)/, '');
}

/** Of these certificates, those that the lists take back. Throws where one is no list. */
export function revokedAmong(names: ReadonlySet<string>, lists: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, text = ''] of lists.matchAll(PEM)) {
    const der = Buffer.from(text, 'base64');
    const [, issuer, ...rest] = partsOf(der, TAGS.integer);
    // Two times, of which the second may be left out; then those that are revoked, where there are.
    const entries = rest.find(({ tag }) => tag !== TAGS.utcTime && tag !== TAGS.generalizedTime);
    if (entries?.tag !== TAGS.sequence) continue;
    for (const entry of childrenOf(der, entries)) {
      const [serial] = childrenOf(der, entry);
      const name = nameOf(der, issuer, serial);
      if (names.has(name)) found.add(name);
    }
  }
  return found;
}

/** What is signed, but for a version at its head. */
function partsOf(der: Buffer, version: number): readonly Element[] {
  const whole = elementAt(der, 0, der.length);
  const [signed] = childrenOf(der, whole);
  if (signed === undefined) throw new Error('it is empty');
  const parts = [...childrenOf(der, signed)];
  return parts[0]?.tag === version ? parts.slice(1) : parts;
}

function nameOf(der: Buffer, issuer: Element | undefined, serial: Element | undefined): string {
  if (issuer?.tag !== TAGS.sequence || serial?.tag !== TAGS.integer) {
    throw new Error('it has no issuer or serial number');
  }
  const [by, number] = [issuer, serial].map(({ start, end }) => der.toString('hex', start, end));
  return `${by ?? ''}/${number ?? ''}`;
}

function* childrenOf(der: Buffer, { body, end }: Element): Generator<Element> {
  for (let at = body; at < end;) {
    const child = elementAt(der, at, end);
    yield child;
    at = child.end;
  }
}

function elementAt(der: Buffer, start: number, limit: number): Element {
  const [tag, first] = [der[start], der[start + 1]];
  if (tag === undefined || first === undefined) throw new Error('it is cut short');
  const more = first < 0x80 ? 0 : first - 0x80;
  const body = start + 2 + more;
  if (more > LENGTH_BYTES_MAX || body > limit || first === 0x80) throw new Error('it is cut short');
  const length = more === 0 ? first : der.readUIntBE(start + 2, more);
  const end = body + length;
  if (end > limit) throw new Error('it is cut short');
  return { tag, start, body, end };
}
