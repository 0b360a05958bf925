import { maskingLimits } from '../limits.js';

/** What a parser hears of, in the order of the text; places are those of the content in quotes. */
export interface JsonListener {
  opened(isObject: boolean): void;
  closed(): void;
  key(start: number, end: number, isEscaped: boolean): void;
  string(start: number, end: number, isEscaped: boolean): void;
  number(start: number, end: number): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;

/**
 * Reads a text that is one or more JSON values, with places. It builds NO values: JSON.parse does
 * not tell where they stood, and JSON.stringify would write them differently.
 */
export class JsonParser {
  private readonly text: string;
  private readonly listener: JsonListener;
  private at = 0;
  private isEscaped = false;

  constructor(text: string, listener: JsonListener) {
    this.text = text;
    this.listener = listener;
  }

  /** False when the text is not JSON, whatever the listener has heard by then. */
  run(): boolean {
    this.skipSpace();
    while (this.at < this.text.length) {
      if (!this.value()) return false;
      this.skipSpace();
    }
    return true;
  }

  /** A loop with a stack of its own: hostile nesting must not overflow that of the machine. */
  private value(): boolean {
    const inObject: boolean[] = [];
    for (;;) {
      const open = this.text[this.at];
      if (open === '{' || open === '[') {
        if (inObject.length >= maskingLimits.jsonDepth) return false;
        this.at += 1;
        this.listener.opened(open === '{');
        inObject.push(open === '{');
        this.skipSpace();
        if (!this.take(open === '{' ? '}' : ']')) {
          if (open === '{' && !this.name()) return false;
          continue;
        }
        inObject.pop();
        this.listener.closed();
      } else if (!this.scalar()) {
        return false;
      }
      const next = this.afterValue(inObject);
      if (next !== undefined) return next;
    }
  }

  /** Closes what ends here; undefined when another value follows. */
  private afterValue(inObject: boolean[]): boolean | undefined {
    while (inObject.length > 0) {
      this.skipSpace();
      const isObject = inObject[inObject.length - 1] === true;
      if (this.take(',')) {
        this.skipSpace();
        return isObject && !this.name() ? false : undefined;
      }
      if (!this.take(isObject ? '}' : ']')) return false;
      inObject.pop();
      this.listener.closed();
    }
    return true;
  }

  private name(): boolean {
    const start = this.at + 1;
    if (!this.string()) return false;
    this.listener.key(start, this.at - 1, this.isEscaped);
    this.skipSpace();
    if (!this.take(':')) return false;
    this.skipSpace();
    return true;
  }

  private scalar(): boolean {
    const start = this.at;
    if (this.text.charCodeAt(start) === QUOTE) {
      if (!this.string()) return false;
      this.listener.string(start + 1, this.at - 1, this.isEscaped);
      return true;
    }
    if (this.match(number)) {
      this.listener.number(start, this.at);
      return true;
    }
    return this.match(word);
  }

  private string(): boolean {
    if (this.text.charCodeAt(this.at) !== QUOTE) return false;
    this.isEscaped = false;
    this.at += 1;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.at += 1;
        return true;
      }
      if (code < 0x20) return false;
      if (code !== BACKSLASH) this.at += 1;
      else if (this.match(escapes)) this.isEscaped = true;
      else return false;
    }
    return false;
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }
}
