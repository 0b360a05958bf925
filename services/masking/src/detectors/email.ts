import type { Search } from '../search.js';

// Addresses as people write them: local part, @ (or %40), a domain with a top-level label. It is
// NOT RFC 5322: no quoted local parts, no address literals, no hosts without a dot. What only looks
// like an address is left alone: `pkg@1.2.3`, `git@host:path`, user info of URLs, `icon@2x.png`.

const localLength = 64;
const domainLength = 253;
const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?`;
const domain = new RegExp(`(?:${label}\\.){1,8}(?:xn--[a-z0-9-]{2,59}|\\p{L}{2,24})`, 'uy');
/** What cannot begin a local part, or belongs to a URL that it stands in. */
const leading = /^(?:%(?:3[aAcCdD]|2[0267cC])|[.+%-])+/;
const inLocal = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-') {
  inLocal[character.charCodeAt(0)] = 1;
}
const versioned = /^\d+\.\d+(?:\.|$)/;
const densityOfImage = /^\d+x\.(?:png|jpe?g|gif|webp|svg|avif)$/i;
const shellHost = /^:(?:[~/\w.-]*\/|[\w.-]+\.git\b)/;

export function findEmails(search: Search): void {
  const { text } = search;
  for (const sign of ['@', '%40']) {
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) {
      const start = localStart(text, at);
      const end = domainEnd(text, at + sign.length);
      if (start === undefined || end === undefined) continue;
      if (isAddress(text, { start, at, host: at + sign.length, end })) {
        search.add('email', start, end);
      }
    }
  }
}

function localStart(text: string, at: number): number | undefined {
  const limit = Math.max(0, at - localLength);
  let start = at;
  while (start > limit && isLocal(text, start - 1)) start -= 1;
  const part = text.slice(start, at);
  const rest = part.replace(leading, '');
  return rest === '' || rest.endsWith('.') ? undefined : at - rest.length;
}

function isLocal(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) {
    return (
      inLocal[code] === 1 || (code === 0x27 && /^[a-z]'[a-z]/.test(text.slice(at - 1, at + 2)))
    );
  }
  return /[\p{L}\p{N}]/u.test(text.charAt(at));
}

function domainEnd(text: string, from: number): number | undefined {
  const window = text.slice(from, from + domainLength + 2);
  domain.lastIndex = 0;
  if (!domain.test(window)) return undefined;
  const next = window.charAt(domain.lastIndex);
  return /[\p{N}_@]/u.test(next) ? undefined : from + domain.lastIndex;
}

interface Place {
  readonly start: number;
  readonly at: number;
  readonly host: number;
  readonly end: number;
}

function isAddress(text: string, { start, at, host, end }: Place): boolean {
  const name = text.slice(start, at);
  const site = text.slice(host, end);
  if (versioned.test(site) || densityOfImage.test(site)) return false;
  // The shape of an address, as masking leaves it.
  if (!/[^xX0\W]/.test(name + site)) return false;
  const before = text.slice(Math.max(0, start - 80), start);
  if (/:\/\/[^\s/@]*$/.test(before)) return false;
  const after = text.slice(end, end + 80);
  return !(shellHost.test(after) || (name === 'git' && /^[:/]/.test(after)));
}
