import { defineDeadLetters } from './dead-letters.js';
import { defineDoctor } from './doctor.js';
import { defineInstances } from './instances.js';
import { PEOPLE_VERBS } from './people-verbs.js';
import { PROCESS_VERBS } from './process-verbs.js';
import { defineRebuild } from './rebuild.js';
import { SESSION_VERBS } from './session-verbs.js';
import { defineToken } from './token.js';
import { defineUp } from './up.js';
import { defineVerify } from './verify.js';
import type { DefineVerb } from './verb.js';

/** Every verb, in the order of the help. A new one is a file beside this one and a line here. */
export const VERBS: readonly DefineVerb[] = [
  defineUp,
  defineToken,
  ...SESSION_VERBS,
  defineInstances,
  ...PEOPLE_VERBS,
  defineVerify,
  defineRebuild,
  defineDeadLetters,
  defineDoctor,
  ...PROCESS_VERBS,
];
