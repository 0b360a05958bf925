import { defineApprovals } from './approvals.js';
import { defineIdentity } from './identity.js';
import { definePolicy } from './policy.js';
import { defineSignIn } from './sign-in.js';
import { defineUser } from './user.js';
import type { DefineVerb } from './verb.js';

/** What people do about people, and about what bots may. */
export const PEOPLE_VERBS: readonly DefineVerb[] = [
  defineApprovals,
  defineIdentity,
  definePolicy,
  defineUser,
  defineSignIn,
];
