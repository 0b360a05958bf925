import type { PolicyChangesView } from '@steno/proto';
import { countOf } from '../ui/format.js';

/** `2 rules added, 1 changed`; of rules that are the same, which files differ all the same. */
export function changesInWords({ rules, files }: PolicyChangesView): string {
  const ofRules = said('rule', rules);
  if (ofRules !== '') return ofRules;
  const ofFiles = said('file', files);
  return ofFiles === '' ? 'Nothing but the order' : `${ofFiles}; the rules are the same`;
}

function said(noun: string, names: PolicyChangesView['rules']): string {
  const parts = (['added', 'removed', 'changed'] as const)
    .map((how) => ({ how, count: names[how].length }))
    .filter(({ count }) => count > 0);
  return parts
    .map(({ how, count }, index) => `${index === 0 ? countOf(count, noun) : count} ${how}`)
    .join(', ');
}
