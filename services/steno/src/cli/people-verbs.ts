import { defineApprovals } from './approvals.js';
import { defineSignIn } from './sign-in.js';
import { defineUser } from './user.js';
import type { DefineVerb } from './verb.js';

/** What people do for each other. */
export const PEOPLE_VERBS: readonly DefineVerb[] = [defineApprovals, defineUser, defineSignIn];
