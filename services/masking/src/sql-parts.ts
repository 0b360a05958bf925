/** A part of SQL text: [start, end) without its quotes, which begin at `opened`. */
export interface SqlPart {
  readonly kind: 'code' | 'string' | 'escape-string' | 'dollar' | 'name' | 'comment';
  readonly opened: number;
  readonly start: number;
  readonly end: number;
}

const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const opening = /['"$]|--|\/\*/g;

/**
 * Parts SQL text into code, literals, quoted names and comments, as Postgres does with
 * standard_conforming_strings on. It is NOT a parser: what is not closed reaches to the end.
 */
export function* sqlParts(text: string): Generator<SqlPart> {
  let code = 0;
  for (let at = 0; at < text.length;) {
    opening.lastIndex = at;
    const found = opening.exec(text);
    if (found === null) break;
    const part = partAt(text, found.index, found[0]);
    if (part === undefined) {
      at = found.index + 1;
      continue;
    }
    if (code < found.index) yield { kind: 'code', opened: code, start: code, end: found.index };
    yield part;
    at = part.after;
    code = at;
  }
  if (code < text.length) yield { kind: 'code', opened: code, start: code, end: text.length };
}

type Opened = SqlPart & { readonly after: number };

function partAt(text: string, at: number, opened: string): Opened | undefined {
  switch (opened) {
    case "'": {
      const isEscape = /(?:^|[^\w$])[eE]$/.test(text.slice(Math.max(0, at - 2), at));
      return quoted(text, at, { quote: "'", kind: isEscape ? 'escape-string' : 'string' });
    }
    case '"':
      return quoted(text, at, { quote: '"', kind: 'name' });
    case '--': {
      const end = text.indexOf('\n', at);
      return comment(at, end < 0 ? text.length : end, 0);
    }
    case '/*':
      return blockComment(text, at);
    default:
      return dollarQuoted(text, at);
  }
}

const comment = (opened: number, end: number, closing: number): Opened => ({
  kind: 'comment',
  opened,
  start: opened + 2,
  end,
  after: end + closing,
});

function quoted(
  text: string,
  at: number,
  { quote, kind }: { quote: string; kind: SqlPart['kind'] },
): Opened {
  const start = at + 1;
  for (let end = start; end < text.length; end += 1) {
    if (text[end] === '\\' && kind === 'escape-string') end += 1;
    else if (text[end] !== quote) continue;
    else if (text[end + 1] === quote) end += 1;
    else return { kind, opened: at, start, end, after: end + 1 };
  }
  return { kind, opened: at, start, end: text.length, after: text.length };
}

function blockComment(text: string, at: number): Opened {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at + 2;
  let depth = 1;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return comment(at, mark.index, 2);
  }
  return comment(at, text.length, 0);
}

function dollarQuoted(text: string, at: number): Opened | undefined {
  if (/[\w\u0080-\uffff]/.test(text.charAt(at - 1))) return undefined;
  dollarTag.lastIndex = at;
  const [tag] = dollarTag.exec(text) ?? [];
  if (tag === undefined) return undefined;
  const start = at + tag.length;
  const close = text.indexOf(tag, start);
  const end = close < 0 ? text.length : close;
  return { kind: 'dollar', opened: at, start, end, after: Math.min(text.length, end + tag.length) };
}
