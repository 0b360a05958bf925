import type { PolicyChangesView, PolicyFileView } from '@steno/proto';
import { rulesOf } from './rules-of.js';

/** What became different from one set of policies to another, in names. */
export function policyChanges(
  from: readonly PolicyFileView[],
  to: readonly PolicyFileView[],
): PolicyChangesView {
  return { files: changes(textsOf(from), textsOf(to)), rules: changes(rulesOf(from), rulesOf(to)) };
}

function textsOf(files: readonly PolicyFileView[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ name, text }) => [name, text]));
}

function changes(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>) {
  const both = [...to.keys()].filter((name) => from.has(name));
  return {
    added: [...to.keys()].filter((name) => !from.has(name)),
    removed: [...from.keys()].filter((name) => !to.has(name)),
    changed: both.filter((name) => from.get(name) !== to.get(name)),
  };
}
