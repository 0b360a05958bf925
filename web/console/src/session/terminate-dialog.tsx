import type { SessionDetailView } from '@steno/proto';
import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { explain, post } from '../api/client.js';
import { announce } from '../ui/toast.js';

interface TerminateDialogProps {
  readonly session: SessionDetailView;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const longestReason = 500;

/** Ends a running session; asks why, since the reason is recorded. */
export function TerminateDialog({ session, opened, onClose }: TerminateDialogProps): ReactNode {
  const { sessionId, identity, target } = session;
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const termination = useMutation({
    mutationFn: () =>
      post(`/sessions/${encodeURIComponent(sessionId)}/terminate`, { reason: reason.trim() }),
    onSuccess: async () => {
      announce('Termination requested');
      onClose();
      await queries.invalidateQueries({ queryKey: ['session', sessionId] });
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Terminate this session?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') termination.mutate();
        }}
      >
        <p>
          This cuts the connection of <b className="mono">{identity}</b> to{' '}
          <b className="mono">{target}</b>. A command that runs is cancelled; what was committed
          stays. Who asked for it and why is recorded.
        </p>
        <Textarea
          label="Reason"
          required
          withAsterisk={false}
          minRows={2}
          autosize={false}
          rows={3}
          maxLength={longestReason}
          data-autofocus
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        {termination.isError && (
          <p className="form-error" role="alert">
            {explain(termination.error).title}. {explain(termination.error).detail}
          </p>
        )}
        <div className="dialog-buttons">
          <Button variant="default" onClick={onClose}>
            Keep it running
          </Button>
          <Button
            type="submit"
            color="red"
            className="danger-button"
            loading={termination.isPending}
            disabled={reason.trim() === ''}
          >
            Terminate
          </Button>
        </div>
      </form>
    </Modal>
  );
}
