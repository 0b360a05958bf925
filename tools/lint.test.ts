import { join } from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './source-tree.js';

// Each limit that ESLint judges is shown to fail. The text stands in for that of a real file, since
// typed rules know only files of a project.

const typed = 'tools/markdown.ts';
const pure = 'proto/src/event-types.ts';
const clock = 'services/sessions/src/clock.ts';
const lines = (count: number) => '  value += 1;\n'.repeat(count);
const constructor = (parameters: string) =>
  `export class A {\n  constructor(${parameters}) {\n    void 0;\n  }\n}\n`;
const long = (count: number) =>
  `export function f(): number {\n  let value = 0;\n${lines(count)}  return value;\n}\n`;

const bad: readonly [rule: string, file: string, text: string][] = [
  ['@typescript-eslint/no-explicit-any', typed, 'export const a = (b: any): unknown => b;\n'],
  [
    '@typescript-eslint/no-floating-promises',
    typed,
    'export function f(): void {\n  Promise.resolve(1);\n}\n',
  ],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    typed,
    "export function f(a: 'x' | 'y') {\n  switch (a) {\n    case 'x':\n      f(a);\n  }\n}\n",
  ],
  ['max-lines-per-function', typed, long(70)],
  [
    'no-restricted-syntax',
    typed,
    'export function f(a: 1, b: 2, c: 3, d: 4, e: 5): unknown {\n  return [a, b, c, d, e];\n}\n',
  ],
  ['no-restricted-syntax', typed, constructor('_a: 1, _b: 2, _c: 3, _d: 4, _e: 5, _f: 6')],
  ['no-restricted-syntax', typed, "export * from './layout.js';\n"],
  ['no-restricted-syntax', typed, 'export enum A {\n  B,\n}\n'],
  ['no-restricted-globals', pure, 'export const a = process.pid;\n'],
  ['no-restricted-globals', pure, 'export const a = Buffer.alloc(1);\n'],
  ['no-restricted-globals', clock, 'export const a = performance.now();\n'],
];

const good: readonly [file: string, text: string][] = [
  [typed, long(60)],
  [typed, constructor('_a: 1, _b: 2, _c: 3, _d: 4, _e: 5')],
  [clock, 'export const a = process.hrtime.bigint();\n'],
];

describe('eslint', () => {
  let eslint: ESLint;
  beforeAll(() => {
    eslint = new ESLint({ cwd: root });
  });

  async function rulesBroken(file: string, text: string): Promise<(string | null)[]> {
    const [result] = await eslint.lintText(text, { filePath: join(root, file) });
    return result?.messages.map(({ ruleId }) => ruleId) ?? [];
  }

  it.each(bad)('%s is broken in %s by %j', async (rule, file, text) => {
    expect(await rulesBroken(file, text)).toContain(rule);
  });

  it.each(good)('has nothing against %s as %j', async (file, text) => {
    expect(await rulesBroken(file, text)).toEqual([]);
  });
});
