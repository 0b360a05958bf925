import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './source-tree.js';

const envelope = readFileSync(join(root, 'proto/steno/v1/envelope.proto'), 'utf8');
const fixtures = join(root, 'proto/fixtures');

/** `session_opened` is `session.opened`, `access_signed_in` is `access.signed-in`. */
const typeOf = (field: string) => field.replace('_', '.').replaceAll('_', '-');

function eventTypes(schema: string): string[] {
  const facts = /oneof facts \{([^}]*)\}/.exec(schema)?.[1] ?? '';
  return [...facts.matchAll(/^\s*\w+ (\w+) = \d+;/gm)].map((match) => typeOf(match[1] ?? ''));
}

describe('events', () => {
  const types = eventTypes(envelope);

  it('are read from the schema', () => {
    const schema = 'oneof facts {\n  A access_signed_in = 1;\n\n  Gap gap = 2;\n}\nint32 x = 3;';
    expect(eventTypes(schema)).toEqual(['access.signed-in', 'gap']);
    expect(types).toContain('session.opened');
  });

  it('have a golden fixture each', () => {
    const bare = types.filter((type) => {
      const folder = join(fixtures, type);
      return !existsSync(folder) || !readdirSync(folder).some((name) => name.startsWith('v1.'));
    });
    expect(bare).toEqual([]);
  });

  it('have no fixture without an event', () => {
    const known = new Set(types);
    const folders = readdirSync(fixtures, { withFileTypes: true }).filter((e) => e.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('generated code', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'steno-generated-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what the schema gives (npm run generate)', () => {
    const bin = join(root, 'node_modules/.bin');
    execFileSync(join(bin, 'buf'), ['generate', '-o', folder], {
      cwd: join(root, 'proto'),
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` },
    });
    expect(filesIn(join(root, 'proto/src/gen'))).toEqual(filesIn(join(folder, 'src/gen')));
  });
});

function filesIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}
