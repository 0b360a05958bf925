import { create } from '@bufbuild/protobuf';
import { BacklogChangedSchema } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Facts } from '@steno/sessions';

/** What waits to be shipped. */
export interface Backlog {
  readonly state: string;
  readonly bytes: number;
  readonly ageMs: number;
}

/** That it has come to another state. */
export function backlogFacts({ state, bytes, ageMs }: Backlog): Facts {
  const figures = { bytes: BigInt(bytes), ageMs: BigInt(ageMs) };
  const changed = create(BacklogChangedSchema, { state, ...figures });
  return generatedFacts('backlogChanged', BacklogChangedSchema, changed);
}
