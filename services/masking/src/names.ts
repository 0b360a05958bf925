import { maskingLimits } from './limits.js';
import type { ValueType } from './value-types.js';

/**
 * What a column, key, header, flag or variable says of its value. `when` is what else must hold:
 * nothing, that the value can be such a one, that it looks random; a header has a form of its own.
 */
export interface NameMeaning {
  readonly type: ValueType;
  readonly when: 'always' | 'fits' | 'random' | 'cookie' | 'scheme';
}

type Row = readonly [type: ValueType, when: NameMeaning['when'], pattern: RegExp];

/** Names that are one of these, or end with one as their last words. */
const ending = (...words: readonly string[]) => new RegExp(`(?:^|_)(?:${words.join('|')})$`);
const number = '(?:_?(?:number|num|no|nr))?';

const sessionCookies = [
  'phpsessid|j?sessionid|aspsessionid\\w*|asp_net_sessionid|connect_sid|laravel_session',
  '\\w*session_(?:cookie|token)|ci_session|remember_(?:me|user)_token',
];
const secrets = '(?:(?:client|app|api|shared|consumer|webhook|jwt|signing|oauth)_?)?secret';
const keys = [
  'token|authtoken|accesstoken|refreshtoken|api_?token|bearer|credentials?|secrets?|key',
  '(?:api|app|access|auth|encryption|signing|master|service)_?key',
  'otp_?secret|totp_?seed|seed_?phrase|signature|salt|nonce',
];
const phones = '(?:tele)?phone|tel|mobile|cell|cellphone|fax|msisdn|whatsapp|handy';
const cards = [
  `pan|(?:credit|debit|payment|bank)?_?card_?(?:number|num|no|nr)`,
  '(?:credit|debit)_?card|cc_?(?:number|num|no)',
];
const nationalIds = [
  `(?:ssn|social_security|nino|national_insurance|national_id|aadhaar)${number}`,
  'steuer_?id(?:nr)?|tax_?id|taxpayer_id|nir|numero_secu|dni|nie|nif|codice_?fiscale|bsn|pesel',
  'cpf|personnummer|personal_number|cpr|fodselsnummer|sin|tfn|curp|ahv(?:_?nr)?',
];
const personNames = [
  '(?:first|last|full|middle|given|family|maiden|sur|fore|nick|legal|birth)_?name',
  '(?:customer|contact|employee|patient|person|card_?holder|account_?holder|beneficiary)_name',
  '(?:passenger|guest|spouse|student|applicant|recipient)_name',
  'cardholder|card_?holder|vorname|nachname|nachnaam|voornaam|prenom|apellidos?|cognome',
];

// Names come as lower_case words; the first row that matches says what a name means.
const rows: readonly Row[] = [
  ['authorization', 'scheme', ending('authorization')],
  ['session-cookie', 'cookie', /^(?:http_)?(?:set_)?cookie2?$/],
  ['session-cookie', 'fits', new RegExp(`^(?:${sessionCookies.join('|')})$`)],
  ['cloud-key', 'random', ending('secret_access_key', 'shared_access_key', 'account_key')],
  ['private-key', 'random', ending('private_?key(?:_(?:pem|data))?')],
  [
    'password',
    'always',
    /(?:password|passwd|passphrase|passcode)(?:_?(?:hash|digest|enc|encrypted|plain))?$/,
  ],
  ['password', 'always', ending('\\w{0,6}pwd', 'pass', 'pw', 'pin_?code', 'encrypted_pass')],
  ['password', 'always', ending(`${secrets}(?:_?key)?(?:_base)?`)],
  ['high-entropy', 'random', ending(...keys)],
  ['email', 'fits', ending('e_?mail(?:_?(?:address|addr|id|to|from))?')],
  ['phone', 'fits', ending(`(?:${phones})${number}`)],
  ['card-code', 'fits', ending('cvv2?|cvc2?|csc|card_?code|card_verification_(?:value|code)')],
  ['card', 'fits', ending(...cards)],
  ['iban', 'fits', ending(`iban${number}`)],
  ['national-id', 'fits', ending(...nationalIds)],
  ['person-name', 'always', ending(...personNames)],
];

const remembered = new Map<string, NameMeaning | null>();

/** What a name means by the built-in table, or undefined; `emailAddress2` is `email_address`. */
export function meaningOfName(name: string): NameMeaning | undefined {
  const known = remembered.get(name);
  if (known !== undefined) return known ?? undefined;
  if (name.length > maskingLimits.nameLength) return undefined;
  const meaning = lookUp(name) ?? null;
  if (remembered.size >= maskingLimits.rememberedNames) remembered.clear();
  remembered.set(name, meaning);
  return meaning ?? undefined;
}

/** The type of value that a column of this name holds, for rules that go by columns. */
export function typeOfColumn(name: string): ValueType | undefined {
  return meaningOfName(name)?.type;
}

function lookUp(name: string): NameMeaning | undefined {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_?\d{0,2}_*$/g, '')
    .toLowerCase();
  const row = rows.find(([, , pattern]) => pattern.test(words));
  return row && { type: row[0], when: row[1] };
}
