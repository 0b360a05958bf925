import { defineEvents } from './events.js';
import { defineExport } from './export.js';
import { defineGaps } from './gaps.js';
import { defineReplay } from './replay.js';
import { defineSessions } from './sessions.js';
import { defineTerminate } from './terminate.js';
import type { DefineVerb } from './verb.js';

/** What people do with sessions. */
export const SESSION_VERBS: readonly DefineVerb[] = [
  defineSessions,
  defineEvents,
  defineReplay,
  defineExport,
  defineGaps,
  defineTerminate,
];
