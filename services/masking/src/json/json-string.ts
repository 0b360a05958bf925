import type { Finding, Layer } from '../finding.js';

/** The content of a JSON string. */
export const jsonString: Layer = {
  decode: (source) => JSON.parse(`"${source}"`) as string,
  encode: (text = '') => JSON.stringify(text).slice(1, -1),
};

/** A number in JSON, which has to become a string. */
export const jsonNumber: Layer = {
  decode: (source) => source,
  encode: (text) => (text === undefined ? 'null' : JSON.stringify(text)),
};

/** What is written by one way within another. */
function within(outer: Layer, inner: Layer | undefined): Layer {
  if (inner === undefined) return outer;
  return {
    decode: (source) => inner.decode(outer.decode(source)),
    encode: (text) => outer.encode(inner.encode(text)),
  };
}

/**
 * Moves findings from a decoded text to its source. `lengths` tells how long the source is of the
 * unit at a place of the source.
 */
export function toSource(
  found: readonly Finding[],
  { source, start, layer }: { source: string; start: number; layer: Layer },
  lengthAt: (source: string, at: number) => { source: number; decoded: number },
): Finding[] {
  let decoded = 0;
  let at = 0;
  const advance = (to: number) => {
    while (decoded < to && at < source.length) {
      const unit = lengthAt(source, at);
      at += unit.source;
      decoded += unit.decoded;
    }
    return start + at;
  };
  return found.map(({ type, start: from, end: to, layer: inner }) => {
    const first = advance(from);
    return { type, start: first, end: advance(to), layer: within(layer, inner) };
  });
}

/** For toSource: one unit of a JSON string. */
export function jsonUnit(source: string, at: number): { source: number; decoded: number } {
  if (source[at] !== '\\') return { source: 1, decoded: 1 };
  return { source: source[at + 1] === 'u' ? 6 : 2, decoded: 1 };
}
