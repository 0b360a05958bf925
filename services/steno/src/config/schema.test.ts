import { describe, expect, it } from 'vitest';
import { CONFIG_SCHEMA } from './schema.js';

/** JSON as prettier leaves it: on one line what fits. */
function format(value: unknown, indent: string, room: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  const isArray = Array.isArray(value);
  const key = (name: string): string => (isArray ? '' : `${JSON.stringify(name)}: `);
  const flat = entries.map(([name, inner]) => key(name) + format(inner, '', Infinity)).join(', ');
  const line = isArray ? `[${flat}]` : `{ ${flat} }`;
  if (line.length <= room) return line;
  const deeper = `${indent}  `;
  const lines = entries.map(([name, inner]) => {
    const start = deeper + key(name);
    return start + format(inner, deeper, 99 - start.length);
  });
  const [open, close] = isArray ? '[]' : '{}';
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

describe('the published schema', () => {
  it('is the one that files are checked against', async () => {
    const text = `${format(CONFIG_SCHEMA, '', 0)}\n`;
    await expect(text).toMatchFileSnapshot('../../../../docs/steno.schema.json');
  });
});
