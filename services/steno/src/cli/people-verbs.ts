import { defineApprovals } from './approvals.js';
import { defineCredential } from './credential.js';
import { defineIdentity } from './identity.js';
import { defineKey } from './key.js';
import { definePolicy } from './policy.js';
import { defineSignIn } from './sign-in.js';
import { defineUser } from './user.js';
import type { DefineVerb } from './verb.js';

/** What people do about people, about what bots may, and as whom. */
export const PEOPLE_VERBS: readonly DefineVerb[] = [
  defineApprovals,
  defineIdentity,
  defineKey,
  definePolicy,
  defineUser,
  defineCredential,
  defineSignIn,
];
