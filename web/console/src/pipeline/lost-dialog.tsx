import type { InstanceView } from '@steno/proto';
import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { explain, post } from '../api/client.js';
import { pipelineQuery } from '../api/queries.js';
import { announce } from '../ui/toast.js';

interface LostDialogProps {
  readonly instance: InstanceView;
  readonly onClose: () => void;
}

const longestReason = 500;

/** Declares a silent instance lost, for good; asks why, since the reason is recorded. */
export function LostDialog({ instance: { boot, name }, onClose }: LostDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const declaration = useMutation({
    mutationFn: () =>
      post(`/instances/${encodeURIComponent(boot)}/lost`, { reason: reason.trim() }),
    onSuccess: async () => {
      announce('Declared lost; the list shows it within seconds');
      onClose();
      await queries.invalidateQueries({ queryKey: pipelineQuery.queryKey });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title="Declare this instance lost?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') declaration.mutate();
        }}
      >
        <p>
          The open sessions of <b className="mono">{name}</b> will have failed, for good. What still
          comes of them is kept and shown as late. Who said so and why is recorded.
        </p>
        <Textarea
          label="Reason"
          required
          withAsterisk={false}
          autosize={false}
          rows={3}
          maxLength={longestReason}
          data-autofocus
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        {declaration.isError && (
          <p className="form-error" role="alert">
            {explain(declaration.error).title}. {explain(declaration.error).detail}
          </p>
        )}
        <div className="dialog-buttons">
          <Button variant="default" onClick={onClose}>
            Wait for it
          </Button>
          <Button
            type="submit"
            color="red"
            className="danger-button"
            loading={declaration.isPending}
            disabled={reason.trim() === ''}
          >
            Declare lost
          </Button>
        </div>
      </form>
    </Modal>
  );
}
