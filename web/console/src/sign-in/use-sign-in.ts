import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { ApiError, post } from '../api/client.js';
import { meQuery } from '../api/queries.js';

export type SignInState =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'busy' }
  | { readonly phase: 'refused' }
  | { readonly phase: 'failed'; readonly message: string };

/** Takes the code out of the address, so that it is in no history; once, since it works once. */
function takeCode(): string {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
  if (location.hash !== '')
    history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

/** The code of a sign-in link, or what somebody pasted: either is read. */
export function codeOf(text: string): string {
  return /[#&]code=([^&\s]+)/.exec(text)?.[1] ?? text.trim();
}

interface SignIn {
  readonly state: SignInState;
  readonly submit: (text: string) => void;
}

export function useSignIn(): SignIn {
  const [code] = useState(takeCode);
  const [state, setState] = useState<SignInState>({ phase: code === '' ? 'waiting' : 'busy' });
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const queries = useQueryClient();

  const redeem = useCallback(
    async (one: string): Promise<void> => {
      setState({ phase: 'busy' });
      try {
        await redeemOnce(one);
      } catch (error) {
        const refused = error instanceof ApiError && error.status === 401;
        // A link that was used in this browser before still leads in.
        const signedIn = refused && (await isSignedIn());
        if (!signedIn) {
          setState(
            refused
              ? { phase: 'refused' }
              : { phase: 'failed', message: error instanceof Error ? error.message : '' },
          );
          return;
        }
      }
      queries.removeQueries(meQuery);
      await navigate({ href: next ?? '/', replace: true });
    },
    [navigate, next, queries],
  );

  useEffect(() => {
    if (code !== '') void redeem(code);
    // Another link may be opened in the same tab; the page is not loaded again for it.
    const onHash = (): void => {
      const next = takeCode();
      if (next !== '') void redeem(next);
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, [code, redeem]);

  return { state, submit: (text) => void redeem(codeOf(text)) };

  async function isSignedIn(): Promise<boolean> {
    return queries.fetchQuery({ ...meQuery, staleTime: 0, retry: false }).then(
      () => true,
      () => false,
    );
  }
}

let redeeming: { readonly code: string; readonly done: Promise<void> } | undefined;

/** A page may ask twice for one code (React does, while it is developed); it is sent once. */
function redeemOnce(code: string): Promise<void> {
  if (redeeming?.code === code) return redeeming.done;
  const done = post('/sign-in', { code });
  redeeming = { code, done };
  const forget = (): void => {
    if (redeeming?.done === done) redeeming = undefined;
  };
  // It may be tried again when it failed; whoever awaits it hears of the failure.
  done.then(forget, forget);
  return done;
}
