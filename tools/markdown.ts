import { posix } from 'node:path';
import type { SourceFile } from './source-tree.js';

const fence = /^\s*(?:```|~~~)/;

/** The lines of a document that are prose: what stands in fences becomes empty. */
export function prose({ lines }: SourceFile): string[] {
  let fenced = false;
  return lines.map((line) => {
    if (fence.test(line)) {
      fenced = !fenced;
      return '';
    }
    return fenced ? '' : line;
  });
}

/** Titles of the first level. */
export function titles(document: SourceFile): string[] {
  return prose(document).filter((line) => /^# \S/.test(line));
}

/** Names that a link may jump to, as the usual renderers make them of headings. */
export function anchors(document: SourceFile): Set<string> {
  const seen = new Map<string, number>();
  const names = prose(document)
    .flatMap((line) => /^#{1,6} (.+)$/.exec(line)?.[1] ?? [])
    .map((heading) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-');
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    });
  return new Set(names);
}

interface Link {
  readonly path: string;
  readonly anchor: string | undefined;
}

/** Links and pictures that point into the repository, as paths relative to its root. */
export function localLinks(document: SourceFile): Link[] {
  const text = prose(document)
    .join('\n')
    .replaceAll(/`[^`]*`/g, '');
  const targets = [
    ...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g),
    ...text.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm),
    ...text.matchAll(/<(?:img|a)\b[^>]*\b(?:src|href)="([^"]+)"/g),
  ].flatMap((match) => match[1] ?? []);
  return targets
    .filter((target) => !/^[a-z]+:|^\/\//i.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      const from = posix.dirname(document.path);
      const path = file === '' ? document.path : posix.normalize(posix.join(from, file));
      return { path: path.replace(/\/$/, ''), anchor };
    });
}

/** Scripts that a document tells to run with npm. */
export function npmScripts({ text }: SourceFile): string[] {
  const run = [...text.matchAll(/\bnpm run ([\w:-]+)(?! -w)/g)].flatMap((match) => match[1] ?? []);
  const short = [...text.matchAll(/\bnpm (start|test)\b/g)].flatMap((match) => match[1] ?? []);
  return [...run, ...short];
}
