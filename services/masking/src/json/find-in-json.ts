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

/**
 * Findings in a text that is JSON: each string and number by its key and by its value, strings that
 * hold JSON again as well, Secrets of Kubernetes by their kind. Undefined where it is no JSON.
 */
export function findInJson(
  text: string,
  types: ReadonlySet<ValueType>,
  { find, column, depth }: { find: FindIn; column: string | undefined; depth: number },
): Finding[] | undefined {
  if (depth > maskingLimits.nestedJson) return undefined;
  const found: Finding[] = [];
  const secrets = types.has('kube-secret') ? new SecretObjects() : undefined;
  const keys: (string | undefined)[] = [];
  let key = column;

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
      secrets?.opened(isObject, key);
    },
    closed: () => {
      key = keys.pop();
      for (const { start, end } of secrets?.closed() ?? []) {
        found.push({ type: 'kube-secret', start, end, layer: jsonString });
      }
    },
    key: (start, end, isEscaped) => {
      const source = text.slice(start, end);
      key = isEscaped ? jsonString.decode(source) : source;
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
