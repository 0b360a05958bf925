import { create } from '@bufbuild/protobuf';
import { grammarLoaded, Rulebook } from '@steno/policy';
import type { PolicyFile } from '@steno/policy';
import { PolicyLoadedSchema } from '@steno/proto';
import { generatedFacts, policyDigest } from '@steno/sessions';
import type { Facts } from '@steno/sessions';

export type PolicyFiles = readonly PolicyFile[];

/** The policies that all sessions of this process go by, those that run included. */
export class Policies {
  /** Undefined: there are none, and everything is allowed. */
  rulebook: Rulebook | undefined;
  /** SHA-256, of nothing where there are none. */
  digest: Buffer = policyDigest([]);
  private files: PolicyFiles = [];

  /** @throws where a file is wrong */
  static async of(files: PolicyFiles): Promise<Policies> {
    await grammarLoaded;
    const policies = new Policies();
    policies.load(files);
    return policies;
  }

  /** What is to be recorded of them. */
  get facts(): Facts {
    const loaded = create(PolicyLoadedSchema, {
      digest: this.digest,
      files: this.files.map(({ name, text }) => ({ name, text })),
      rules: this.rulebook?.size ?? 0,
    });
    return generatedFacts('policyLoaded', PolicyLoadedSchema, loaded);
  }

  /**
   * Goes by these from now on; false where they are the same. Throws where one is wrong, and then
   * goes on as before.
   */
  load(files: PolicyFiles): boolean {
    const digest = policyDigest(files);
    if (digest.equals(this.digest)) return false;
    const rulebook =
      files.length === 0 ? undefined : Rulebook.compile(files, digest.toString('hex'));
    if (rulebook !== undefined && 'problems' in rulebook) {
      const [problem] = rulebook.problems;
      throw new Error(`${problem?.file ?? ''}:${problem?.line ?? 1}: ${problem?.message ?? ''}`);
    }
    this.rulebook = rulebook;
    this.digest = digest;
    this.files = files;
    return true;
  }
}
