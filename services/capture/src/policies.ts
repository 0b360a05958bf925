import { create, toBinary } from '@bufbuild/protobuf';
import { grammarLoaded, Rulebook } from '@steno/policy';
import type { PolicyFile } from '@steno/policy';
import { PolicyLoadedSchema } from '@steno/proto';
import { generatedFacts, policyDigest } from '@steno/sessions';
import type { Facts } from '@steno/sessions';
import { CaptureError } from './errors.js';

export type PolicyFiles = readonly PolicyFile[];

/** Of policy.loaded: an envelope has room for it. */
const RECORDED_BYTES_MAX = 56 * 1024;

interface Compiled {
  /** Undefined: there are none, and everything is allowed. */
  readonly rulebook: Rulebook | undefined;
  /** SHA-256, of nothing where there are none. */
  readonly digest: Buffer;
  /** What is to be recorded of them. */
  readonly facts: Facts;
}

/** The policies that all sessions of this process go by, those that run included. */
export class Policies {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private current: Compiled) {}

  /** @throws where a file is wrong, or they cannot be recorded */
  static async of(files: PolicyFiles): Promise<Policies> {
    await grammarLoaded;
    return new Policies(compiled(files));
  }

  get rulebook(): Rulebook | undefined {
    return this.current.rulebook;
  }

  get digest(): Buffer {
    return this.current.digest;
  }

  get facts(): Facts {
    return this.current.facts;
  }

  /**
   * Goes by these once they are on record, and until then as before; one change after the other.
   * Rejects where a file is wrong or they cannot be recorded, and then nothing changes.
   *
   * @param recorded resolves when the log has said what it is given
   */
  change(files: PolicyFiles, recorded: (facts: Facts) => Promise<void>): Promise<void> {
    const turn = this.turn.then(async () => {
      const next = compiled(files);
      if (next.digest.equals(this.digest)) return;
      await recorded(next.facts);
      this.current = next;
    });
    this.turn = turn.catch(() => undefined); // the caller sees the failure; the next starts afresh
    return turn;
  }
}

function compiled(files: PolicyFiles): Compiled {
  const digest = policyDigest(files);
  const rulebook = files.length === 0 ? undefined : Rulebook.compile(files, digest.toString('hex'));
  if (rulebook !== undefined && 'problems' in rulebook) {
    const [problem] = rulebook.problems;
    throw new Error(`${problem?.file ?? ''}:${problem?.line ?? 1}: ${problem?.message ?? ''}`);
  }
  const loaded = create(PolicyLoadedSchema, {
    digest,
    files: files.map(({ name, text }) => ({ name, text })),
    rules: rulebook?.size ?? 0,
  });
  if (toBinary(PolicyLoadedSchema, loaded).length > RECORDED_BYTES_MAX) {
    throw new CaptureError('policies-too-large');
  }
  return { rulebook, digest, facts: generatedFacts('policyLoaded', PolicyLoadedSchema, loaded) };
}
