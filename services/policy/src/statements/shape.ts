/** Statements of which no fact depends on a literal, but for the numbers after LIMIT and FETCH. */
const SHAPED: ReadonlySet<string> = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'with',
  'values',
]);
/** After these words a number is a fact. */
const COUNTED: ReadonlySet<string> = new Set(['limit', 'fetch', 'first', 'next']);
/** A string after these is read by rules of its own. */
const PREFIXES: ReadonlySet<string> = new Set(['b', 'e', 'n', 'x']);

/** First words of statements that may set a setting, whose value may be a word. */
const SETTERS: ReadonlySet<string> = new Set(['set', 'alter', 'create']);
/** Between SET and the name of a setting. */
const SCOPES: ReadonlySet<string> = new Set(['local', 'session']);

const SPACE = 1;
const LETTER = 2;
const DIGIT = 4;
const DOLLAR = 8;
const WORD = LETTER | DIGIT | DOLLAR;
/** What an ASCII character is; all others are letters. */
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[ \t\n\r\f\v]/.test(char)) return SPACE;
  if (/[A-Za-z_]/.test(char)) return LETTER;
  if (/\d/.test(char)) return DIGIT;
  return char === '$' ? DOLLAR : 0;
});
const NUMBER = /(?:0[xob][0-9a-f_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:e[+-]?\d+)?)/iy;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

/**
 * A text with its strings and numbers taken out and its comments gone, for statements whose facts
 * do not depend on them: those of the shape are those of the text, so what is known of one text is
 * known of all that have its shape. Undefined where a text has none: what is not a single query,
 * and what is written as this does not read. It follows the lexical rules of Postgres (scan.l) with
 * standard_conforming_strings on; it is NOT a parser, and accepts what Postgres would refuse.
 */
export function shapeOf(text: string): string | undefined {
  const shaper = new Shaper(text, true);
  const shape = shaper.shape();
  return shape !== undefined && SHAPED.has(shaper.first ?? '') ? shape : undefined;
}

/**
 * Any statement without literals and comments, for the record: numbers after LIMIT and the values
 * that a setting gets as words are literals as well. Undefined where they cannot be told from the
 * rest. NOT a key of rulings: what is ruled on may be in what is gone.
 */
export function withoutLiterals(statement: string): string | undefined {
  return new Shaper(statement, false).shape()?.trim();
}

type Setting = 'set' | 'name' | 'value' | 'valued' | undefined;

/** Where a SET stands after a character that is of no word. */
function settingAfter(char: string, setting: Setting): Setting {
  if (char === '"' || (char === '.' && setting === 'name')) return setting;
  if (char === '=' && setting === 'name') return 'value';
  if (setting !== 'value' && setting !== 'valued') return undefined;
  return char === ',' ? 'value' : 'valued';
}

class Shaper {
  private shaped = '';
  private at = 0;
  /** Up to here the text is in the shape. */
  private from = 0;
  /** The last word, lower case; undefined after anything else but space. */
  private word: string | undefined;
  first: string | undefined;
  /** Of what may be a SET outside of queries: up to where it was read. */
  private setting: Setting;
  /** Numbers are facts up to the next word: LIMIT (5). */
  private counted = false;
  private ended = false;

  /** `isKey`: the shape is to be judged in place of the text. */
  constructor(
    private readonly text: string,
    private readonly isKey: boolean,
  ) {}

  shape(): string | undefined {
    const { text } = this;
    while (this.at < text.length) {
      const char = text.charAt(this.at);
      if (this.isAt(SPACE)) this.at += 1;
      else if (!this.comment(char)) {
        // After the semicolon there may be nothing.
        if ((this.ended && this.isKey) || !this.token(char)) return undefined;
      }
    }
    if (this.first === undefined) return undefined;
    return this.shaped + text.slice(this.from);
  }

  /** False where the text has no shape. */
  private token(char: string): boolean {
    if (this.isAt(LETTER)) return this.takeWord();
    const { word } = this;
    this.word = undefined;
    if (!this.isKey) this.setting = settingAfter(char, this.setting);
    switch (char) {
      case "'":
        return this.string(word);
      case '"':
        return this.quoted(word);
      case '$':
        return this.dollar();
      case ';':
        this.ended = true;
        break;
      case '\0':
        return false;
      default:
        if (this.isAt(DIGIT) || (char === '.' && this.isAt(DIGIT, this.at + 1))) {
          return this.number();
        }
    }
    this.at += 1;
    return true;
  }

  private takeWord(): boolean {
    const start = this.at;
    while (this.isAt(WORD)) this.at += 1;
    this.word = this.text.slice(start, this.at).toLowerCase();
    this.counted = this.isKey && COUNTED.has(this.word);
    this.first ??= this.word;
    this.set(start, this.word);
    // U&'…' and U&"…" have an escape that may be named after them.
    return !(this.word === 'u' && this.text.charAt(this.at) === '&');
  }

  /** A word, or a quoted name. */
  private set(start: number, word: string): void {
    if (this.isKey || !SETTERS.has(this.first ?? '')) return;
    const { setting } = this;
    if (setting === 'value') {
      this.replaceFrom(start, this.at, "''");
      this.setting = 'valued';
    } else if (word === 'set') this.setting = 'set';
    else if (setting === 'set' && !SCOPES.has(word)) this.setting = 'name';
    else if (setting === 'name' && word === 'to') this.setting = 'value';
    else if (setting === 'valued') this.setting = undefined;
  }

  private comment(char: string): boolean {
    const next = this.text.charAt(this.at + 1);
    if (char === '-' && next === '-') {
      const end = /[\n\r]/g;
      end.lastIndex = this.at;
      const found = end.exec(this.text);
      this.replace(found === null ? this.text.length : found.index, '');
      return true;
    }
    if (char !== '/' || next !== '*') return false;
    const end = this.commentEnd();
    // One that does not end is left for the grammar to complain of.
    if (end === undefined) return false;
    this.replace(end, ' ');
    return true;
  }

  /** Comments nest. */
  private commentEnd(): number | undefined {
    const marks = /\/\*|\*\//g;
    marks.lastIndex = this.at;
    let depth = 0;
    for (let mark = marks.exec(this.text); mark !== null; mark = marks.exec(this.text)) {
      depth += mark[0] === '/*' ? 1 : -1;
      if (depth === 0) return marks.lastIndex;
    }
    return undefined;
  }

  private string(word: string | undefined): boolean {
    const touches = this.at > 0 && !this.isAt(SPACE, this.at - 1);
    const prefix = touches ? word : undefined;
    if (prefix !== undefined && !PREFIXES.has(prefix)) return false;
    const escapes = prefix === 'e';
    const start = this.at;
    let at = start + 1;
    for (;;) {
      const char = this.text.charAt(at);
      if (char === '' || char === '\0') return false;
      if (char === "'" && this.text.charAt(at + 1) !== "'") break;
      at += char === "'" || (escapes && char === '\\') ? 2 : 1;
    }
    this.replace(at + 1, "''");
    // A string that goes on in the next line goes on by the rules of its prefix.
    return prefix === undefined || this.text.slice(this.at).trimStart().charAt(0) !== "'";
  }

  private quoted(word: string | undefined): boolean {
    let end = this.text.indexOf('"', this.at + 1);
    while (end >= 0 && this.text.charAt(end + 1) === '"') end = this.text.indexOf('"', end + 2);
    if (end < 0) return false;
    const start = this.at;
    this.at = end + 1;
    this.first ??= word ?? '"';
    this.set(start, '"');
    return true;
  }

  /** A parameter, or a string between two tags. */
  private dollar(): boolean {
    const tagEnd = this.end(DOLLAR_TAG);
    if (tagEnd === undefined) {
      this.at += 1;
      while (this.isAt(DIGIT)) this.at += 1;
      return !this.isAt(LETTER);
    }
    const tag = this.text.slice(this.at, tagEnd);
    const end = this.text.indexOf(tag, tagEnd);
    if (end < 0) return false;
    this.replace(end + tag.length, "''");
    return true;
  }

  private number(): boolean {
    const end = this.end(NUMBER);
    if (end === undefined) return false;
    // Versions differ in what they make of 1a and 1.2.3.
    if (/[A-Za-z0-9_.$\u0080-\uffff]/.test(this.text.charAt(end))) return false;
    if (this.counted) this.at = end;
    // A word may stand right before the point: and.5
    else this.replace(end, this.text.charAt(this.at) === '.' ? ' 0' : '0');
    return true;
  }

  /** Whether the character there is of one of the classes. */
  private isAt(classes: number, at = this.at): boolean {
    const code = this.text.charCodeAt(at);
    // Behind the end there is none: NaN.
    return code < 128
      ? ((CLASSES[code] as number) & classes) !== 0
      : code >= 128 && (classes & LETTER) !== 0;
  }

  private end(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.at;
    return pattern.test(this.text) ? pattern.lastIndex : undefined;
  }

  private replace(end: number, by: string): void {
    this.replaceFrom(this.at, end, by);
  }

  private replaceFrom(start: number, end: number, by: string): void {
    this.shaped += this.text.slice(this.from, start) + by;
    this.at = end;
    this.from = end;
  }
}
