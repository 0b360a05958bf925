import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { Logo } from '../ui/logo.js';
import { useSignIn, type SignInState } from './use-sign-in.js';

/** The way in: the link that `steno up` prints. */
export function SignInPage(): ReactNode {
  const { state, submit } = useSignIn();
  const [text, setText] = useState('');
  return (
    <main className="sign-in">
      <title>Sign in · Steno</title>
      <div className="sign-in-card">
        <Logo />
        <h1>Sign in</h1>
        <Message state={state} />
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
            className="primary-button"
            fullWidth
            loading={state.phase === 'busy'}
          >
            Sign in
          </Button>
        </form>
        <p className="sign-in-foot">
          Sign-ins, views and searches are recorded like everything else.
        </p>
      </div>
    </main>
  );
}

function Message({ state }: { readonly state: SignInState }): ReactNode {
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
            Open the <code>Sign in:</code> link that <code>steno up</code> printed, or make one
            where Steno runs:
          </p>
          <pre>npx steno sign-in</pre>
        </div>
      );
  }
}
