import type { Finding } from '../finding.js';
import { maskingLimits } from '../limits.js';
import type { ValueType } from '../value-types.js';
import { JsonParser } from './json-parser.js';
import { jsonNumber, jsonString, jsonUnit, toSource } from './json-string.js';
import { type Leaf, SecretObjects } from './secret-objects.js';

/** Searches one value by its key, as `find.ts` does a text by its column. */
export type FindIn = (
  text: string,
  column: string | undefined,
  depth: number,
) => readonly Finding[];

/** What keys of JSON are taken for. */
export interface KeyNames {
  /** They, and what is below them, are taken for what they say. */
  readonly known: ReadonlySet<string>;
  /** All others are taken for this. */
  readonly others: string;
}

interface Within {
  readonly find: FindIn;
  /** What the text stands under. */
  readonly column: string | undefined;
  /** Undefined: all keys are taken for what they say. */
  readonly keys: KeyNames | undefined;
  readonly depth: number;
}

/**
 * Findings in a text that is JSON: each string and number by its key and by its value, strings that
 * hold JSON again as well, Secrets of Kubernetes by their kind. Undefined where it is no JSON.
 */
export function findInJson(
  text: string,
  types: ReadonlySet<ValueType>,
  { find, column, keys: names, depth }: Within,
): Finding[] | undefined {
  if (depth > maskingLimits.nestedJson) return undefined;
  const found: Finding[] = [];
  const secrets = types.has('kube-secret') ? new SecretObjects() : undefined;
  const keys: (string | undefined)[] = [];
  let key = column;
  /** Of what is open, whether its key is taken for what it says. */
  const above: boolean[] = [];
  let isKnown = names === undefined;

  const search = ({ start, end, isEscaped }: Leaf, name: string | undefined) => {
    const source = text.slice(start, end);
    const value = isEscaped ? jsonString.decode(source) : source;
    const inValue = find(value, name, depth + 1);
    if (inValue.length === 0) return;
    const place = { source, start, layer: jsonString };
    for (const finding of toSource(inValue, place, jsonUnit)) found.push(finding);
  };
  const parser = new JsonParser(text, {
    opened: (isObject) => {
      keys.push(key);
      above.push(isKnown);
      secrets?.opened(isObject, key);
    },
    closed: () => {
      key = keys.pop();
      isKnown = above.pop() ?? false;
      for (const { start, end } of secrets?.closed() ?? []) {
        found.push({ type: 'kube-secret', start, end, layer: jsonString });
      }
    },
    key: (start, end, isEscaped) => {
      const source = text.slice(start, end);
      const said = isEscaped ? jsonString.decode(source) : source;
      isKnown = above.at(-1) === true || names?.known.has(said) !== false;
      key = isKnown ? said : names?.others;
      search({ start, end, isEscaped }, undefined);
    },
    string: (start, end, isEscaped) => {
      secrets?.string(text, key, { start, end, isEscaped });
      if (start < end) search({ start, end, isEscaped }, key);
    },
    number: (start, end) => {
      const digits = text.slice(start, end);
      if (!/^\d{3,}$/.test(digits)) return;
      const [whole] = find(digits, key, depth + 1);
      if (whole?.start !== 0 || whole.end !== digits.length) return;
      found.push({ type: whole.type, start, end, layer: jsonNumber });
    },
  });
  return parser.run() ? found : undefined;
}
