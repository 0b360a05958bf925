/** A piece of a line of Cedar, by what it is for who reads it. */
export interface CedarPiece {
  readonly kind: 'comment' | 'text' | 'annotation' | 'word' | 'entity' | 'plain';
  readonly text: string;
}

const words = [
  ...['permit', 'forbid', 'when', 'unless', 'principal', 'action', 'resource', 'context'],
  ...['in', 'has', 'like', 'is', 'if', 'then', 'else', 'true', 'false'],
];

const pieces = new RegExp(
  [
    String.raw`(?<comment>\/\/.*)`,
    String.raw`(?<text>"(?:[^"\\]|\\.)*")`,
    String.raw`(?<annotation>@\w+)`,
    String.raw`(?<entity>\w+(?=::))`,
    String.raw`(?<word>\b(?:${words.join('|')})\b)`,
  ].join('|'),
  'g',
);

/** The pieces of a line; nothing in Cedar goes over the end of one. */
export function cedarPieces(line: string): readonly CedarPiece[] {
  const found: CedarPiece[] = [];
  let at = 0;
  for (const match of line.matchAll(pieces)) {
    if (match.index > at) found.push({ kind: 'plain', text: line.slice(at, match.index) });
    const [kind = 'plain'] = Object.entries(match.groups ?? {}).flatMap(([name, text]) =>
      text === undefined ? [] : [name as CedarPiece['kind']],
    );
    found.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < line.length) found.push({ kind: 'plain', text: line.slice(at) });
  return found;
}
