import type { ApprovalView, MeView } from '@steno/proto';
import { NativeSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { post } from '../api/client.js';
import { meQuery } from '../api/queries.js';
import { InertName } from '../ui/inert-text.js';
import { ReasonDialog } from '../ui/reason-dialog.js';
import { announce } from '../ui/toast.js';
import { withoutLink } from './search.js';
import { formatSeconds, isLastOf, openAsks, windowChoices } from './standing.js';
import { Warning, WhereWarning } from './warnings.js';

/** As the last part of the address that it is sent to. */
export type Saying = 'approve' | 'refuse' | 'override';

interface AnswerDialogProps {
  readonly saying: Saying;
  readonly approval: ApprovalView;
  /** By which it is given; undefined: by none. */
  readonly link: string | undefined;
  readonly me: MeView | undefined;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onClosed: () => void;
}

const WORDS = {
  approve: {
    title: 'Approve this command?',
    words: { leave: 'Not yet', act: 'Approve' },
    tone: 'primary',
    done: 'Your approval is recorded',
  },
  refuse: {
    title: 'Refuse this command?',
    words: { leave: 'Not yet', act: 'Refuse' },
    tone: 'danger',
    done: 'Your refusal is recorded',
  },
  override: {
    title: 'Break glass?',
    words: { leave: 'Leave it to them', act: 'Break glass' },
    tone: 'danger',
    done: 'The command was let go; that is recorded',
  },
} as const;

/** One of the things that may be said to a held command. */
export function AnswerDialog(props: AnswerDialogProps): ReactNode {
  const { saying, approval, link, me, opened, onClose, onClosed } = props;
  const { approvalId, windowSecondsMax } = approval;
  const [windowSeconds, setWindowSeconds] = useState(0);
  const queries = useQueryClient();
  const navigate = useNavigate({ from: '/approvals/{-$approvalId}' });
  const { title, words, tone, done } = WORDS[saying];
  const answer = async (reason: string): Promise<void> => {
    const forTime = saying === 'approve' && windowSeconds > 0 && { windowSeconds };
    const body = { reason, ...forTime, ...(link !== undefined && { link }) };
    try {
      await post(`/approvals/${encodeURIComponent(approvalId)}/${saying}`, body);
      announce(done);
      onClose();
      // It was good for one answer.
      void navigate({ search: withoutLink, replace: true });
    } finally {
      // Also after a failure: somebody was quicker, or one has not the roles any more.
      void queries.invalidateQueries({ queryKey: ['approvals'] });
      void queries.invalidateQueries({ queryKey: ['approval'] });
      void queries.invalidateQueries({ queryKey: meQuery.queryKey });
    }
  };
  return (
    <ReasonDialog
      title={title}
      opened={opened}
      onClose={onClose}
      onClosed={onClosed}
      words={words}
      tone={tone}
      onAct={answer}
      fields={
        <>
          {saying !== 'refuse' && <WhereWarning approval={approval} />}
          {saying === 'override' && <GlassWarning approval={approval} />}
          {saying === 'approve' && windowSecondsMax > 0 && (
            <WindowChoice approval={approval} seconds={windowSeconds} onChange={setWindowSeconds} />
          )}
        </>
      }
    >
      <Consequence saying={saying} approval={approval} me={me} />
    </ReasonDialog>
  );
}

type ConsequenceProps = Pick<AnswerDialogProps, 'saying' | 'approval' | 'me'>;

function Consequence({ saying, approval, me }: ConsequenceProps): ReactNode {
  const { identity, target } = approval;
  const who = (
    <b className="mono">
      <InertName name={identity} />
    </b>
  );
  const where = (
    <b className="mono">
      <InertName name={target} />
    </b>
  );
  if (saying === 'refuse') {
    return (
      <>
        {who} is told that you refused, and why. The command does not reach {where}.
      </>
    );
  }
  const isAtOnce = saying === 'override' || (me !== undefined && isLastOf(approval, me));
  return (
    <>
      The command of {who} runs on {where} {isAtOnce ? 'at once' : 'once all who are asked agree'},
      exactly as it is shown. Your name and the reason are recorded.
    </>
  );
}

function GlassWarning({ approval }: { readonly approval: ApprovalView }): ReactNode {
  return (
    <Warning tone="danger" title="This goes past those who are asked">
      The rule wants <InertName name={openAsks(approval)} />. It is for emergencies; it is recorded
      as an event of its own, and cannot be taken back.
    </Warning>
  );
}

interface WindowChoiceProps {
  readonly approval: ApprovalView;
  readonly seconds: number;
  readonly onChange: (seconds: number) => void;
}

function WindowChoice({ approval, seconds, onChange }: WindowChoiceProps): ReactNode {
  const { asks, windowSecondsMax } = approval;
  const choices = windowChoices(windowSecondsMax).map((each) => ({
    value: String(each),
    label: `For ${formatSeconds(each)}`,
  }));
  const isOfSeveral = asks.reduce((sum, { count }) => sum + count, 0) > 1;
  return (
    <NativeSelect
      label="Let the same command run again without asking"
      description={isOfSeveral && 'The shortest time that anybody allows counts.'}
      data={[{ value: '0', label: 'No, only this once' }, ...choices]}
      value={String(seconds)}
      onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}
    />
  );
}
