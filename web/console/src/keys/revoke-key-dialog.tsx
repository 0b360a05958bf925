import type { ApiKeyView } from '@steno/proto';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { post } from '../api/client.js';
import { meQuery } from '../api/queries.js';
import { InertName } from '../ui/inert-text.js';
import { ReasonDialog } from '../ui/reason-dialog.js';
import { announce } from '../ui/toast.js';

interface RevokeKeyDialogProps {
  /** Undefined: the dialog is closed. */
  readonly apiKey: ApiKeyView | undefined;
  readonly onClose: () => void;
  readonly onClosed: () => void;
  readonly onRevoked: (name: string) => void;
}

/** Ends a key, and the sessions that it opened. */
export function RevokeKeyDialog(props: RevokeKeyDialogProps): ReactNode {
  const { apiKey, onClose, onClosed, onRevoked } = props;
  const [name, setName] = useState('');
  // It is told of while the dialog fades away, too.
  useEffect(() => {
    if (apiKey !== undefined) setName(apiKey.name);
  }, [apiKey]);
  const queries = useQueryClient();
  const revoke = async (reason: string): Promise<void> => {
    try {
      await post(`/keys/${encodeURIComponent(name)}/revoke`, { reason });
    } finally {
      void queries.invalidateQueries({ queryKey: ['keys'] });
      void queries.invalidateQueries({ queryKey: meQuery.queryKey });
    }
    announce('Revoked: its sessions end within seconds');
    onRevoked(name);
    onClose();
  };
  return (
    <ReasonDialog
      title="Revoke this key?"
      opened={apiKey !== undefined}
      onClose={onClose}
      onClosed={onClosed}
      words={{ leave: 'Let it be', act: 'Revoke' }}
      onAct={revoke}
    >
      <b className="mono">
        <InertName name={name} />
      </b>{' '}
      opens no session from now on, and those that it opened are cut within seconds; a command that
      runs is cancelled. Who revoked it and why is recorded.
    </ReasonDialog>
  );
}
