import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { explain } from '../api/client.js';

interface ReasonDialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What follows from it. */
  readonly children: ReactNode;
  /** The words on its two buttons. */
  readonly words: { readonly leave: string; readonly act: string };
  /** Rejects with what the dialog is to show. */
  readonly onAct: (reason: string) => Promise<void>;
}

const longestReason = 500;

/** Asks before something grave is done, and for the reason, since it is recorded. */
export function ReasonDialog(props: ReasonDialogProps): ReactNode {
  const { title, opened, onClose, children, words, onAct } = props;
  const [reason, setReason] = useState('');
  const act = useMutation({ mutationFn: () => onAct(reason.trim()) });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') act.mutate();
        }}
      >
        <p>{children}</p>
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
        {act.isError && (
          <p className="form-error" role="alert">
            {explain(act.error).title}. {explain(act.error).detail}
          </p>
        )}
        <div className="dialog-buttons">
          <Button variant="default" onClick={onClose}>
            {words.leave}
          </Button>
          <Button
            type="submit"
            color="red"
            className="danger-button"
            loading={act.isPending}
            disabled={reason.trim() === ''}
          >
            {words.act}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
