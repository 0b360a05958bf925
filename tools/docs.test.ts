import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchors, localLinks, npmScripts, titles } from './markdown.js';
import { readTree, root, sourceFile, type SourceFile } from './source-tree.js';

const tree = readTree();
const documents = tree.filter(({ path }) => path.endsWith('.md'));

const errorCode = /\bSTENO-\d{4}\b/g;
const errorList = 'docs/errors.md';

function deadLinks(document: SourceFile, others: readonly SourceFile[]): string[] {
  return localLinks(document).flatMap(({ path, anchor }) => {
    const name = `${document.path}: ${path}${anchor === undefined ? '' : `#${anchor}`}`;
    if (path === document.path || others.some((other) => other.path === path)) {
      const target = others.find((other) => other.path === path) ?? document;
      const isThere = anchor === undefined || !path.endsWith('.md') || anchors(target).has(anchor);
      return isThere ? [] : [name];
    }
    return existsSync(join(root, path)) ? [] : [name];
  });
}

function codesIn(files: readonly SourceFile[]): Set<string> {
  return new Set(files.flatMap(({ text }) => text.match(errorCode) ?? []));
}

const without = (all: Set<string>, some: Set<string>) => [...all].filter((one) => !some.has(one));

describe('documents', () => {
  it('have one title each', () => {
    const two = sourceFile('a.md', '# A\n\n```sh\n# a comment\n```\n\n# B\n');
    expect(titles(two)).toEqual(['# A', '# B']);
    const wrong = documents.filter((document) => titles(document).length !== 1);
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('have no dead link', () => {
    const other = sourceFile('docs/b.md', '# B\n\n## What it is (short)\n');
    const dead = '[x](c.md) [y](b.md#nothing) ![z](<../no.png>) [w](#none)';
    expect(deadLinks(sourceFile('docs/a.md', dead), [other])).toEqual([
      'docs/a.md: docs/c.md',
      'docs/a.md: docs/b.md#nothing',
      'docs/a.md: no.png',
      'docs/a.md: docs/a.md#none',
    ]);
    const live = '# A\n[x](b.md#what-it-is-short) [y](../package.json) [z](https://a.test) [w](#a)';
    expect(deadLinks(sourceFile('docs/a.md', live), [other])).toEqual([]);
    expect(documents.flatMap((document) => deadLinks(document, documents))).toEqual([]);
  });

  it('name only scripts that exist', () => {
    const sample = sourceFile('a.md', 'Use `npm test`, `npm start`, `npm run build -- --x`.');
    expect(npmScripts(sample)).toEqual(['build', 'test', 'start']);
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const unknown = documents.flatMap((document) =>
      npmScripts(document)
        .filter((script) => manifest.scripts[script] === undefined)
        .map((script) => `${document.path}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('error codes', () => {
  const sources = tree.filter(({ path }) => /^(?:services|web|proto)\//.test(path));
  const inCode = codesIn(sources.filter(({ path }) => !/\.test\.|\/test\//.test(path)));
  const documented = codesIn(tree.filter(({ path }) => path === errorList));

  it('are found where they stand', () => {
    const sample = sourceFile('a.ts', "code: 'STENO-1001', // not STENO-10 or XSTENO-1002");
    expect([...codesIn([sample])]).toEqual(['STENO-1001']);
  });

  it('are all in docs/errors.md', () => {
    expect(without(inCode, documented)).toEqual([]);
  });

  it('exist where docs/errors.md names them', () => {
    expect(without(documented, inCode)).toEqual([]);
  });

  it('are defined once, in a file called errors.ts', () => {
    const places = new Map<string, string[]>();
    for (const { path, text } of sources.filter((file) => file.path.endsWith('/errors.ts'))) {
      for (const code of text.match(errorCode) ?? []) {
        places.set(code, [...(places.get(code) ?? []), path]);
      }
    }
    expect([...places].filter(([, files]) => files.length > 1)).toEqual([]);
    expect(without(inCode, new Set(places.keys()))).toEqual([]);
  });
});
