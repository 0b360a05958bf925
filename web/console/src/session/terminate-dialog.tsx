import type { SessionDetailView } from '@steno/proto';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { post } from '../api/client.js';
import { ReasonDialog } from '../ui/reason-dialog.js';
import { announce } from '../ui/toast.js';

interface TerminateDialogProps {
  readonly session: SessionDetailView;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Ends a running session. */
export function TerminateDialog({ session, opened, onClose }: TerminateDialogProps): ReactNode {
  const { sessionId, identity, target } = session;
  const queries = useQueryClient();
  const terminate = async (reason: string): Promise<void> => {
    await post(`/sessions/${encodeURIComponent(sessionId)}/terminate`, { reason });
    announce('Termination requested');
    onClose();
    await queries.invalidateQueries({ queryKey: ['session', sessionId] });
  };
  return (
    <ReasonDialog
      title="Terminate this session?"
      opened={opened}
      onClose={onClose}
      words={{ leave: 'Keep it running', act: 'Terminate' }}
      onAct={terminate}
    >
      This cuts the connection of <b className="mono">{identity}</b> to{' '}
      <b className="mono">{target}</b>. A command that runs is cancelled; what was committed stays.
      Who asked for it and why is recorded.
    </ReasonDialog>
  );
}
