import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { explain } from '../api/client.js';
import { Blank } from '../ui/blank.js';

interface FailedProps {
  readonly error: Error;
  readonly onRetry: () => void;
}

/** In place of what could not be had. */
export function Failed({ error, onRetry }: FailedProps): ReactNode {
  const { title, detail } = explain(error);
  return (
    <Blank icon="warning" title={title} tone="danger">
      <p>{detail}</p>
      <UnstyledButton className="button" onClick={onRetry}>
        Try again
      </UnstyledButton>
    </Blank>
  );
}
