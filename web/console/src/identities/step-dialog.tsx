import type { IdentityView } from '@steno/proto';
import { TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { InertName } from '../ui/inert-text.js';
import { ReasonDialog } from '../ui/reason-dialog.js';
import type { Verb } from './steps.js';
import { useSaying } from './use-saying.js';

/** What takes a reason, and an owner at most. */
export type Step = Exclude<Verb, 'declare'>;

interface StepDialogProps {
  readonly step: Step;
  readonly identity: IdentityView;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onClosed: () => void;
}

const WORDS = {
  approve: {
    title: 'Approve this identity?',
    words: { leave: 'Not yet', act: 'Approve' },
    tone: 'primary',
    done: 'Approved',
    follows: 'may open sessions from now on, as it was declared.',
  },
  suspend: {
    title: 'Suspend this identity?',
    words: { leave: 'Let it be', act: 'Suspend' },
    tone: 'danger',
    done: 'Suspended: its sessions end within seconds',
    follows: 'is kept out until it is resumed. Its running sessions are cut within seconds.',
  },
  resume: {
    title: 'Resume this identity?',
    words: { leave: 'Keep it out', act: 'Resume' },
    tone: 'primary',
    done: 'Resumed',
    follows: 'stands as it did before it was suspended.',
  },
  revoke: {
    title: 'Revoke this identity?',
    words: { leave: 'Let it be', act: 'Revoke' },
    tone: 'danger',
    done: 'Revoked: its sessions end within seconds',
    follows:
      'is kept out until it is declared and approved anew. Its running sessions are cut within ' +
      'seconds; a command that runs is cancelled.',
  },
  owner: {
    title: 'Change the owner?',
    words: { leave: 'Leave it', act: 'Change owner' },
    tone: 'primary',
    done: 'The owner is changed',
    follows: 'has another owner from now on. Nothing else about it changes.',
  },
} as const;

/** One of the things that may be said of an identity, with a reason. */
export function StepDialog(props: StepDialogProps): ReactNode {
  const { step, identity, opened, onClose, onClosed } = props;
  const [owner, setOwner] = useState('');
  const { title, words, tone, done, follows } = WORDS[step];
  const say = useSaying(identity.identity);
  return (
    <ReasonDialog
      title={title}
      opened={opened}
      onClose={onClose}
      onClosed={onClosed}
      words={words}
      tone={tone}
      onAct={async (reason) => {
        await say(step, { reason, ...(step === 'owner' ? { owner: owner.trim() } : {}) }, done);
        setOwner('');
        onClose();
      }}
      fields={
        step === 'owner' && (
          <TextInput
            label="New owner"
            description="A person who is accountable for it"
            required
            withAsterisk={false}
            data-autofocus
            maxLength={500}
            autoComplete="off"
            value={owner}
            onChange={({ currentTarget }) => setOwner(currentTarget.value)}
          />
        )
      }
    >
      <b className="mono">
        <InertName name={identity.identity} />
      </b>{' '}
      {follows} Who said so and why is recorded.
    </ReasonDialog>
  );
}
