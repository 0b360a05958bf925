import { stdnum } from 'stdnum';

/** Numbers of one country, as they are written; stdnum judges their checksums and dates. */
export interface NationalId {
  readonly country: string;
  readonly name: string;
  readonly pattern: RegExp;
}

/** One that too much else looks like, so that a word has to stand before it. */
interface NamedId extends NationalId {
  readonly word: RegExp;
}

/** Digits alone, in groups of their own. */
export const grouped: readonly NationalId[] = [
  { country: 'US', name: 'ssn', pattern: /\d{3}-\d{2}-(?!0000)\d{4}/g },
  { country: 'DE', name: 'idnr', pattern: /\d{2} \d{3} \d{3} \d{3}/g },
  {
    country: 'FR',
    name: 'nir',
    pattern: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d{2} ?\d{3} ?\d{3} ?\d{2}/g,
  },
  { country: 'BR', name: 'cpf', pattern: /\d{3}\.\d{3}\.\d{3}-\d{2}/g },
  { country: 'IN', name: 'aadhaar', pattern: /[2-9]\d{3} \d{4} \d{4}/g },
  { country: 'CH', name: 'ssn', pattern: /756\.\d{4}\.\d{4}\.\d{2}/g },
  { country: 'BE', name: 'nn', pattern: /\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}/g },
];

/** With letters, which stand beside the digits. */
export const lettered: readonly NationalId[] = [
  { country: 'GB', name: 'nino', pattern: /[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]/gi },
  { country: 'ES', name: 'dni', pattern: /\d{8}-?[A-Z]/gi },
  { country: 'ES', name: 'nie', pattern: /[XYZ]-?\d{7}-?[A-Z]/gi },
  {
    country: 'IT',
    name: 'codicefiscale',
    pattern: /[A-Z]{6}\d{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]/gi,
  },
  { country: 'FI', name: 'hetu', pattern: /[0-3]\d[01]\d{3}[-+A]\d{3}[\dA-Y]/g },
  { country: 'MX', name: 'curp', pattern: /[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d/g },
];

const person = /person(?:nummer|nr|al)|\bpnr\b/i;

export const named: readonly NamedId[] = [
  {
    country: 'US',
    name: 'ssn',
    pattern: /\d{3}(?: \d{2} |\d{2})\d{4}/g,
    word: /\b(?:ssn|social\s?security|taxpayer)\b/i,
  },
  {
    country: 'DE',
    name: 'idnr',
    pattern: /\d{11}/g,
    word: /steuer|\bidnr\b|\btin\b|tax[\s_-]?id/i,
  },
  {
    country: 'NL',
    name: 'bsn',
    pattern: /\d{4}\.?\d{2}\.?\d{3}/g,
    word: /\bbsn\b|burgerservice|sofi/i,
  },
  { country: 'PL', name: 'pesel', pattern: /\d{11}/g, word: /pesel/i },
  { country: 'BR', name: 'cpf', pattern: /\d{11}/g, word: /\bcpf\b/i },
  {
    country: 'IN',
    name: 'aadhaar',
    pattern: /[2-9]\d{3}-?\d{4}-?\d{4}/g,
    word: /aadh?aar|\buidai?\b/i,
  },
  { country: 'SE', name: 'personnummer', pattern: /(?:19|20)?\d{6}[-+]\d{4}/g, word: person },
  { country: 'DK', name: 'cpr', pattern: /[0-3]\d[01]\d{3}-?\d{4}/g, word: /\bcpr\b/i },
  { country: 'NO', name: 'fodselsnummer', pattern: /\d{6} ?\d{5}/g, word: /f(?:ø|o)dsels/i },
  { country: 'PT', name: 'nif', pattern: /\d{3} ?\d{3} ?\d{3}/g, word: /\bnif\b|contribuinte/i },
  { country: 'CA', name: 'sin', pattern: /\d{3}[ -]?\d{3}[ -]?\d{3}/g, word: /\bsin\b/i },
  { country: 'AU', name: 'tfn', pattern: /\d{3} ?\d{3} ?\d{2,3}/g, word: /\btfn\b|tax file/i },
  { country: 'ZA', name: 'idnr', pattern: /\d{13}/g, word: /\b(?:rsa|south african)\b.*\bid\b/i },
];

/** Whether the number is one of that country, by its checksum; never throws. */
export function isNationalId(country: string, name: string, value: string): boolean {
  // It tells what is wrong by an error: collecting the stack costs ten times the check.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return stdnum[country]?.[name]?.validate(value).isValid === true;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
