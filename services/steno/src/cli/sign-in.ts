import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { addVerb } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface SignInCode {
  readonly code: string;
  readonly expiresAt: string;
}

export const defineSignIn: DefineVerb = (program, context, finish) => {
  addVerb(
    program,
    'sign-in',
    'Prints a new link that signs a person in to the console once.',
  ).action(async (options: SharedOptions) => {
    const client = new ApiClient(findApi(context, options));
    const answer = await client.post<SignInCode>('/api/sign-in-codes', {});
    if (typeof answer?.code !== 'string') throw new CliError('strange-answer');
    const signIn = signInLink(client.url, answer.code);
    if (options.json === true) await context.out.json({ signIn, expiresAt: answer.expiresAt });
    else await context.out.line(signIn);
    finish(EXIT.done);
  });
};

/** The code stands after the #, so that it reaches no server log. */
export function signInLink(url: string, code: string): string {
  return `${url}/sign-in#code=${encodeURIComponent(code)}`;
}
