import type { NewApiKeyView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { statusQuery } from '../api/queries.js';
import { copyText } from '../ui/toast.js';
import { connectionLine } from './connection-line.js';

interface MadeKeyProps {
  readonly made: NewApiKeyView;
  /** That the line connects to; undefined: the reader says. */
  readonly target: string | undefined;
  readonly onDone: () => void;
}

/** A key, this once, and how a bot connects by it. */
export function MadeKey({ made: { name, key }, target, onDone }: MadeKeyProps): ReactNode {
  const { data: status } = useQuery(statusQuery);
  const gateway = status?.gateways.postgres;
  const pageHost = window.location.hostname;
  const line = gateway && connectionLine({ key, gateway, target, pageHost });
  return (
    <div className="callout made-key" role="status">
      <div>
        <strong>{name} is shown this once: keep it where secrets are kept.</strong>
        <p>
          <code className="token">{key}</code>
        </p>
        {line !== undefined && (
          <>
            <p>The bot gives it as its password:</p>
            <p>
              <code className="token">{line}</code>
            </p>
          </>
        )}
        <div className="made-key-buttons">
          <UnstyledButton className="button" onClick={() => void copyText(key, 'Key')}>
            Copy the key
          </UnstyledButton>
          {line !== undefined && (
            <UnstyledButton className="button" onClick={() => void copyText(line, 'Line')}>
              Copy the line
            </UnstyledButton>
          )}
          <UnstyledButton className="button" onClick={onDone}>
            Done
          </UnstyledButton>
        </div>
      </div>
    </div>
  );
}
