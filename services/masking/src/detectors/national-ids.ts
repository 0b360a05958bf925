import { stdnum } from 'stdnum';

/** Numbers of one country, as they are written; stdnum judges their checksums and dates. */
export interface NationalId {
  readonly country: string;
  readonly name: string;
  readonly pattern: RegExp;
  /** A word that has to stand before it, for what too much else looks like. */
  readonly word?: RegExp;
}

const social = /\b(?:ssn|social\s?security|taxpayer)\b/i;
const german = /steuer|\bidnr\b|\btin\b|tax[\s_-]?id/i;
const dutch = /\bbsn\b|burgerservice|sofi/i;
const aadhaar = /aadh?aar|\buidai?\b/i;

export const nationalIds: readonly NationalId[] = [
  { country: 'US', name: 'ssn', pattern: /\d{3}-\d{2}-\d{4}/g },
  { country: 'US', name: 'ssn', pattern: /\d{3}(?: \d{2} |\d{2})\d{4}/g, word: social },
  { country: 'GB', name: 'nino', pattern: /[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]/gi },
  { country: 'DE', name: 'idnr', pattern: /\d{2} \d{3} \d{3} \d{3}/g },
  { country: 'DE', name: 'idnr', pattern: /\d{11}/g, word: german },
  {
    country: 'FR',
    name: 'nir',
    pattern: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}/g,
  },
  { country: 'ES', name: 'dni', pattern: /\d{8}-?[A-Z]/gi },
  { country: 'ES', name: 'nie', pattern: /[XYZ]-?\d{7}-?[A-Z]/gi },
  {
    country: 'IT',
    name: 'codicefiscale',
    pattern: /[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]/gi,
  },
  { country: 'NL', name: 'bsn', pattern: /\d{4}\.?\d{2}\.?\d{3}/g, word: dutch },
  { country: 'PL', name: 'pesel', pattern: /\d{11}/g, word: /pesel/i },
  { country: 'BR', name: 'cpf', pattern: /\d{3}\.\d{3}\.\d{3}-\d{2}/g },
  { country: 'BR', name: 'cpf', pattern: /\d{11}/g, word: /\bcpf\b/i },
  { country: 'IN', name: 'aadhaar', pattern: /[2-9]\d{3} \d{4} \d{4}/g },
  { country: 'IN', name: 'aadhaar', pattern: /[2-9]\d{3}-?\d{4}-?\d{4}/g, word: aadhaar },
  {
    country: 'SE',
    name: 'personnummer',
    pattern: /(?:19|20)?\d{6}[-+]\d{4}/g,
    word: /person(?:nummer|nr|al)|\bpnr\b/i,
  },
  { country: 'CH', name: 'ssn', pattern: /756\.\d{4}\.\d{4}\.\d{2}/g },
  { country: 'BE', name: 'nn', pattern: /\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}/g },
  { country: 'FI', name: 'hetu', pattern: /[0-3]\d[01]\d{3}[-+A]\d{3}[\dA-Y]/g },
  { country: 'DK', name: 'cpr', pattern: /[0-3]\d[01]\d{3}-?\d{4}/g, word: /\bcpr\b/i },
  { country: 'NO', name: 'fodselsnummer', pattern: /\d{6} ?\d{5}/g, word: /f(?:ø|o)dsels/i },
  { country: 'PT', name: 'nif', pattern: /\d{3} ?\d{3} ?\d{3}/g, word: /\bnif\b|contribuinte/i },
  { country: 'MX', name: 'curp', pattern: /[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d/g },
  { country: 'CA', name: 'sin', pattern: /\d{3}[ -]?\d{3}[ -]?\d{3}/g, word: /\bsin\b/i },
  { country: 'AU', name: 'tfn', pattern: /\d{3} ?\d{3} ?\d{2,3}/g, word: /\btfn\b|tax file/i },
  {
    country: 'ZA',
    name: 'idnr',
    pattern: /\d{13}/g,
    word: /\b(?:sa|rsa|south african)\b.*\bid\b/i,
  },
];

/** Whether the number is one of that country, by its checksum; never throws. */
export function isNationalId(country: string, name: string, value: string): boolean {
  return stdnum[country]?.[name]?.validate(value).isValid === true;
}
