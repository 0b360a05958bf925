import type { PolicyFile, PolicyProblem, Rulebook } from '@steno/policy';
import { policyDigest } from '@steno/sessions';

/** Ready to be asked, or what is wrong with the files. */
export async function rulebookOf(
  files: readonly PolicyFile[],
): Promise<Rulebook | { readonly problems: readonly PolicyProblem[] }> {
  // Here, since it takes longer to load than most verbs to run.
  const { Rulebook: Book, grammarLoaded } = await import('@steno/policy');
  await grammarLoaded;
  return Book.compile(files, policyDigest(files).toString('hex'));
}
