import type { SignInView } from '@steno/proto';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';

/** The way in by the identity provider: a link, since the provider shows pages of its own. */
export function ProviderLink({
  provider,
  next,
}: {
  readonly provider: string;
  readonly next: string | undefined;
}): ReactNode {
  const query = next === undefined ? '' : `?${new URLSearchParams({ next }).toString()}`;
  return (
    <Button
      component="a"
      href={`/api/sign-in/oidc${query}`}
      className="primary-button"
      fullWidth
      leftSection={<Icon name="user" />}
    >
      Sign in with {provider}
    </Button>
  );
}

/** Why the identity provider's word did not lead in. */
export function ProviderFailure({
  failure: { code, status, title, detail },
}: {
  readonly failure: NonNullable<SignInView['failure']>;
}): ReactNode {
  return (
    <div className="callout" data-tone={status >= 500 ? 'danger' : 'warning'} role="alert">
      <Icon name="warning" />
      <div>
        <strong>{title}.</strong>
        <p>{detail}</p>
        <p className="sign-in-code">{code}</p>
      </div>
    </div>
  );
}
