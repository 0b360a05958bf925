import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { buildConfig } from './build.js';
import { checkConfig } from './check.js';
import type { Config } from './config.js';
import { formatKey } from './problem.js';
import type { ConfigProblem, KeyPath } from './problem.js';
import { validate } from './validate.js';
import type { Finding } from './validate.js';

const MAX_BYTES = 1024 * 1024;
const MAX_ALIASES = 100;

/**
 * Reads steno.yaml.
 *
 * @param path undefined: no file, all defaults, paths relative to the working directory
 * @returns the frozen configuration, or all that is wrong with the file
 */
export function readConfig(path: string | undefined): Config | ConfigProblem[] {
  if (path === undefined) {
    return deepFreeze(buildConfig({}, { file: undefined, baseDirectory: process.cwd() }, []));
  }
  const text = readText(path);
  return typeof text === 'string' ? parseConfig(text, path) : [text];
}

/** Like `readConfig`, of a text that stands or would stand at the path. */
export function parseConfig(text: string, path: string): Config | ConfigProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return syntax.map(({ pos, message }) => ({ ...at(path, lines, pos[0]), key: '', message }));
  }
  const locate = (found: readonly Finding[]): ConfigProblem[] =>
    found.map(({ path: keys, message, allowed, atKey }) => ({
      ...at(path, lines, offsetOf(document, keys, atKey === true)),
      key: formatKey(keys),
      message,
      ...(allowed === undefined ? {} : { allowed }),
    }));

  const raw = toValue(document);
  if (raw instanceof Error) return locate([{ path: [], message: raw.message }]);
  const valid = validate(raw ?? {});
  if (Array.isArray(valid)) return locate(valid);
  const findings: Finding[] = [];
  const file = resolve(path);
  const config = buildConfig(valid, { file, baseDirectory: dirname(file) }, findings);
  if (findings.length === 0) findings.push(...checkConfig(config));
  return findings.length === 0 ? deepFreeze(config) : locate(findings);
}

function readText(path: string): string | ConfigProblem {
  const problem = { file: path, line: 1, column: 1, key: '' };
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) return { ...problem, message: `is longer than ${MAX_BYTES} bytes` };
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reason = code === 'ENOENT' ? 'there is no such file' : code;
    return { ...problem, message: `cannot be read: ${reason}` };
  }
}

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function at(file: string, lines: LineCounter, offset: number) {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Where a value or its key begins; of what is not there, where what is around it does. */
function offsetOf(document: Document, path: KeyPath, atKey: boolean): number {
  if (path.length === 0) return 0;
  const parent = document.getIn(path.slice(0, -1), true);
  const name = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === name);
    const node = isPair(pair) ? (atKey || !isNode(pair.value) ? pair.key : pair.value) : parent;
    if (isNode(node) && node.range) return node.range[0];
  }
  const value = document.getIn(path, true);
  if (isNode(value) && value.range) return value.range[0];
  return offsetOf(document, path.slice(0, -1), false);
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
