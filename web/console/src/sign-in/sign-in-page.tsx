import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { signInQuery } from '../api/queries.js';
import { Icon } from '../ui/icons.js';
import { Logo } from '../ui/logo.js';
import { ProviderFailure, ProviderLink } from './provider.js';
import { useSignIn, type SignInState } from './use-sign-in.js';

/** The ways in: the identity provider, and the link that `steno up` prints. */
export function SignInPage(): ReactNode {
  const { state, submit } = useSignIn();
  const [text, setText] = useState('');
  const { next } = useSearch({ from: '/sign-in' });
  const { data: ways } = useQuery(signInQuery);
  const { provider, failure } = ways ?? { provider: null, failure: null };
  return (
    <main className="sign-in">
      <title>Sign in · Steno</title>
      <div className="sign-in-card">
        <Logo />
        <h1>Sign in</h1>
        {failure && state.phase === 'waiting' && <ProviderFailure failure={failure} />}
        {provider && <ProviderLink provider={provider} next={next} />}
        <Message state={state} provider={provider} />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== '') submit(text);
          }}
        >
          <TextInput
            label="Sign-in link or code"
            placeholder="Paste it here"
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            disabled={state.phase === 'busy'}
          />
          <Button
            type="submit"
            {...(provider ? { variant: 'default' } : { className: 'primary-button' })}
            fullWidth
            loading={state.phase === 'busy'}
          >
            {provider ? 'Sign in by the link' : 'Sign in'}
          </Button>
        </form>
        <p className="sign-in-foot">
          Sign-ins, views and searches are recorded like everything else.
        </p>
      </div>
    </main>
  );
}

function Message({
  state,
  provider,
}: {
  readonly state: SignInState;
  readonly provider: string | null;
}): ReactNode {
  switch (state.phase) {
    case 'busy':
      return <p role="status">Checking the code…</p>;
    case 'refused':
      return (
        <div className="callout" data-tone="warning" role="alert">
          <Icon name="warning" />
          <div>
            <strong>This code was used already or is too old.</strong>
            <p>
              Each code works once. Take the newest <code>Sign in:</code> line that{' '}
              <code>steno up</code> printed, or make a new link:
            </p>
            <pre>npx steno sign-in</pre>
          </div>
        </div>
      );
    case 'failed':
      return (
        <div className="callout" data-tone="danger" role="alert">
          <Icon name="warning" />
          <div>
            <strong>Signing in did not work.</strong>
            <p>{state.message}</p>
          </div>
        </div>
      );
    default:
      return (
        <div className="sign-in-how">
          <p>
            {provider !== null && 'Whoever runs Steno may come without it. '}
            Open the <code>Sign in:</code> link that <code>steno up</code> printed, or make one
            where Steno runs:
          </p>
          <pre>npx steno sign-in</pre>
        </div>
      );
  }
}
