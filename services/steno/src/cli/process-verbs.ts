import { defineKeys } from './keys.js';
import { defineApi, defineCapture, defineProjector } from './parts.js';
import { defineSpool } from './spool.js';
import type { DefineVerb } from './verb.js';

/** For installations whose parts are processes of their own. */
export const PROCESS_VERBS: readonly DefineVerb[] = [
  defineCapture,
  defineProjector,
  defineApi,
  defineSpool,
  defineKeys,
];
