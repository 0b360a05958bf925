import { fromBinary } from '@bufbuild/protobuf';
import { readControlEvents } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { PolicyFileView } from '@steno/proto';
import { policyDigest } from '@steno/sessions';
import type { PolicyVersion } from '@steno/sessions';

export type PolicyTexts = readonly PolicyFileView[] | 'missing' | 'changed';

/**
 * The files of versions, by digest, as far as they are in the store. It may be behind the log; what
 * it says is held against the digest, which comes from the log.
 */
export async function readPolicyTexts(
  reader: StoreReader,
  versions: readonly PolicyVersion[],
): Promise<ReadonlyMap<string, PolicyTexts>> {
  const written = versions.filter(({ fileNames }) => fileNames.length > 0);
  const places = written.map(({ place }) => place);
  const found = await readControlEvents(reader, places);
  return new Map(
    versions.map(({ digest, fileNames, place: { stream, position } }): [string, PolicyTexts] => {
      if (fileNames.length === 0) return [digest, []];
      const raw = found.get(`${stream} ${position}`);
      return [digest, raw === undefined ? 'missing' : filesOf(raw, digest)];
    }),
  );
}

function filesOf(raw: Buffer, digest: string): PolicyTexts {
  const { facts } = fromBinary(EnvelopeSchema, raw);
  if (facts.case !== 'policyLoaded') return 'changed';
  const files = facts.value.files.map(({ name, text }) => ({ name, text }));
  return policyDigest(files).toString('hex') === digest ? files : 'changed';
}
