import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { explain } from '../api/client.js';

interface ReasonDialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** It is gone from the page, and the focus is where it was before. */
  readonly onClosed?: () => void;
  /** What follows from it. */
  readonly children: ReactNode;
  /** More that is to be said, below what follows. */
  readonly fields?: ReactNode;
  /** The words on its two buttons. */
  readonly words: { readonly leave: string; readonly act: string };
  readonly tone?: 'danger' | 'primary';
  /** Rejects with what the dialog is to show. */
  readonly onAct: (reason: string) => Promise<void>;
}

const longestReason = 500;

/** Asks before something grave is done, and for the reason, since it is recorded. */
export function ReasonDialog(props: ReasonDialogProps): ReactNode {
  const { title, opened, onClose, onClosed, children, fields, words, tone = 'danger' } = props;
  const [reason, setReason] = useState('');
  const { act, send } = useActOnce(opened, () => props.onAct(reason.trim()));
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
      {...(onClosed === undefined ? {} : { onExitTransitionEnd: onClosed })}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') send();
        }}
      >
        <p>{children}</p>
        {fields}
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
            className={`${tone}-button`}
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

/** Once each time the dialog opens, also while it fades away; again only after a failure. */
function useActOnce(opened: boolean, onAct: () => Promise<void>) {
  const isSent = useRef(false);
  const act = useMutation({ mutationFn: onAct });
  const { mutate, reset } = act;
  useEffect(() => {
    if (!opened) return;
    isSent.current = false;
    reset();
  }, [opened, reset]);
  const send = (): void => {
    if (isSent.current) return;
    isSent.current = true;
    mutate(undefined, {
      onError: () => {
        isSent.current = false;
      },
    });
  };
  return { act, send };
}
