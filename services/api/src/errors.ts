import type { ProblemView } from '@steno/proto';

/** What can go wrong for who uses the api. docs/errors.md describes each code. */
export const API_ERRORS = {
  internal: {
    code: 'STENO-3000',
    status: 500,
    title: 'Something went wrong in Steno',
    remedy: 'Try again; the log of `steno up` says what happened.',
  },
  notSignedIn: {
    code: 'STENO-3001',
    status: 401,
    title: 'Not signed in',
    remedy: 'Open the sign-in link that `steno up` printed, or give a token as Bearer.',
  },
  invalidRequest: {
    code: 'STENO-3002',
    status: 400,
    title: 'The request is not valid',
    remedy: '/api/openapi.json lists what each request takes.',
  },
  forbidden: {
    code: 'STENO-3003',
    status: 403,
    title: 'Not allowed',
    remedy: 'Ask somebody who has the role for it.',
  },
  unknownSession: {
    code: 'STENO-3004',
    status: 404,
    title: 'There is no such session',
    remedy: 'A session is found about a second after it begins; compare the id with the list.',
  },
  sessionEnded: {
    code: 'STENO-3005',
    status: 409,
    title: 'The session has ended',
    remedy: 'Nothing is left to do.',
  },
  notFound: {
    code: 'STENO-3006',
    status: 404,
    title: 'There is nothing at this address',
    remedy: '/api/openapi.json lists all addresses.',
  },
  tooLarge: {
    code: 'STENO-3007',
    status: 413,
    title: 'The request is too large',
    remedy: 'Send at most 16 KiB; of policies 56 KiB.',
  },
  storeUnavailable: {
    code: 'STENO-3008',
    status: 503,
    title: 'The event store does not answer',
    remedy: 'Recording goes on. Try again; if it stays so, look at ClickHouse.',
  },
  logUnavailable: {
    code: 'STENO-3009',
    status: 503,
    title: 'The event log does not take events',
    remedy: 'Nobody views recordings unrecorded. Try again; `steno doctor` says what is wrong.',
  },
  signInCodeSpent: {
    code: 'STENO-3010',
    status: 401,
    title: 'The sign-in link was used already or is too old',
    remedy: '`steno sign-in` prints a new one.',
  },
  tooManyRequests: {
    code: 'STENO-3011',
    status: 429,
    title: 'Too many requests',
    remedy: 'Wait a minute.',
  },
  wrongHost: {
    code: 'STENO-3012',
    status: 421,
    title: 'Steno is not known by this host name',
    remedy: 'Use the address that `steno up` printed.',
  },
  wrongOrigin: {
    code: 'STENO-3013',
    status: 403,
    title: 'The request comes from another web site',
    remedy: 'Use the console at the address that `steno up` printed.',
  },
  missingCsrf: {
    code: 'STENO-3014',
    status: 403,
    title: 'The header x-steno-csrf is missing',
    remedy: 'Send `x-steno-csrf: 1` with every change that is made by cookie.',
  },
  queryTooHeavy: {
    code: 'STENO-3015',
    status: 503,
    title: 'The answer took too long',
    remedy: 'Ask for less: a shorter time, fewer events.',
  },
  tooBusy: {
    code: 'STENO-3016',
    status: 503,
    title: 'Steno is busy with other requests of this kind',
    remedy: 'Try again in a moment; close replays that nobody watches.',
  },
  unknownInstance: {
    code: 'STENO-3017',
    status: 404,
    title: 'There is no such run of an instance',
    remedy: '`steno instances list` shows each with its boot.',
  },
  instanceNotSilent: {
    code: 'STENO-3018',
    status: 409,
    title: 'The instance is not silent',
    remedy: 'Only what has not reported for 30 seconds can be declared lost; stop it first.',
  },
  instanceLost: {
    code: 'STENO-3019',
    status: 409,
    title: 'The instance was declared lost already',
    remedy: 'Nothing is left to do.',
  },
  unknownApproval: {
    code: 'STENO-3020',
    status: 404,
    title: 'There is no such approval',
    remedy: '`steno approvals list --all` shows each with its id.',
  },
  approvalEnded: {
    code: 'STENO-3021',
    status: 409,
    title: 'The command does not wait any more',
    remedy: 'Nothing is left to do; `steno approvals list --all` says what became of it.',
  },
  mayNotAnswer: {
    code: 'STENO-3022',
    status: 403,
    title: 'The answer would not count',
    remedy: 'It takes somebody else of the group that the rule asks.',
  },
  unknownUser: {
    code: 'STENO-3023',
    status: 404,
    title: 'There is no such user',
    remedy: '`steno user list` shows all.',
  },
  unknownCredential: {
    code: 'STENO-3040',
    status: 404,
    title: 'There is no such sealed credential',
    remedy: '`steno credential list` shows all.',
  },
  credentialChanged: {
    code: 'STENO-3041',
    status: 409,
    title: 'The credential was changed by somebody else meanwhile',
    remedy: 'Look at `steno credential list`, and set it again if yours is the right one.',
  },
  tooManyCredentials: {
    code: 'STENO-3042',
    status: 409,
    title: 'There are as many sealed credentials as there may be',
    remedy: 'Remove some that no target refers to.',
  },
  linkUsed: {
    code: 'STENO-3050',
    status: 409,
    title: 'The link was used already',
    remedy: 'Somebody has answered since it was sent; the inbox shows what still waits.',
  },
  unknownLink: {
    code: 'STENO-3051',
    status: 400,
    title: 'The link is not one that Steno made for this approval',
    remedy: 'Open the approval from the inbox.',
  },
  unknownIdentity: {
    code: 'STENO-3035',
    status: 404,
    title: 'There is no such identity',
    remedy: '`steno identity list` shows those that were seen or declared.',
  },
  identityStep: {
    code: 'STENO-3036',
    status: 409,
    title: 'That cannot be said of the identity now',
    remedy: '`steno identity show` says how it stands.',
  },
  tooManyIdentities: {
    code: 'STENO-3037',
    status: 409,
    title: 'There are as many declared identities as there may be',
    remedy: 'Declare a pattern of subjects in place of many names.',
  },
  unknownKey: {
    code: 'STENO-3060',
    status: 404,
    title: 'There is no such key, or it was revoked already',
    remedy: '`steno key list` shows all.',
  },
  keyExists: {
    code: 'STENO-3061',
    status: 409,
    title: 'There is a good key of this name',
    remedy: 'Take another name, so that both work until the first is revoked.',
  },
  tooManyKeys: {
    code: 'STENO-3062',
    status: 409,
    title: 'There are as many keys as there may be',
    remedy: 'Wait until some that have ended are forgotten, 90 days later; use tokens for jobs.',
  },
  providerAway: {
    code: 'STENO-3030',
    status: 503,
    title: 'The identity provider does not answer',
    remedy:
      'Try again. Who is signed in stays so; `steno sign-in` leads in whoever runs Steno. ' +
      'The log of `steno up` says what is wrong.',
  },
  providerRefused: {
    code: 'STENO-3031',
    status: 401,
    title: 'The sign-in did not hold',
    remedy: 'Sign in again, and finish in the same browser within 10 minutes.',
  },
  noRole: {
    code: 'STENO-3032',
    status: 403,
    title: 'None of your groups has a role in Steno',
    remedy: 'Ask whoever runs Steno to map one of your groups in `people.roles` of steno.yaml.',
  },
  tooManyTokens: {
    code: 'STENO-3033',
    status: 409,
    title: 'You have as many tokens as one may have',
    remedy: 'Revoke one that you do not use.',
  },
  unknownToken: {
    code: 'STENO-3034',
    status: 404,
    title: 'You have no such token',
    remedy: 'The page Your tokens shows all.',
  },
  unknownPolicies: {
    code: 'STENO-3070',
    status: 404,
    title: 'There is no such version of the policies',
    remedy: 'The page Policies lists those that were in force; a new one is there after a second.',
  },
  policiesChanged: {
    code: 'STENO-3071',
    status: 500,
    title: 'The policies in ClickHouse are not those that were in force',
    remedy: '`steno verify` says what was changed; `steno rebuild` makes ClickHouse anew.',
  },
  invalidPolicies: {
    code: 'STENO-3072',
    status: 422,
    title: 'The policies are not taken',
    remedy: 'docs/policies.md says what may stand in them.',
  },
  dryRunUnderWay: {
    code: 'STENO-3073',
    status: 409,
    title: 'Another dry run of yours is under way',
    remedy: 'Wait for it, or cancel it: one at a time is yours.',
  },
  dryRunFailed: {
    code: 'STENO-3074',
    status: 500,
    title: 'The dry run has failed',
    remedy: 'Try it with a shorter time; the log of `steno up` says what happened.',
  },
} as const;

export type ApiErrorName = keyof typeof API_ERRORS;

/** An expected failure on its way to the one who asked. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    readonly problem: ApiErrorName,
    readonly detail = '',
    /** Members of the answer beside those of every problem. */
    readonly more: Pick<ProblemView, 'problems'> = {},
  ) {
    super(API_ERRORS[problem].title);
  }
}
