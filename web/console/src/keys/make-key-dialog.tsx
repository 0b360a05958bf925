import type { IdentityDetailView, NewApiKeyView } from '@steno/proto';
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { explain, postJson } from '../api/client.js';
import { meQuery } from '../api/queries.js';
import { InertName } from '../ui/inert-text.js';

interface MakeKeyDialogProps {
  readonly identity: IdentityDetailView;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onMade: (key: NewApiKeyView) => void;
}

interface Asked {
  readonly name: string;
  readonly owner: string;
  /** Separated by commas. */
  readonly groups: string;
  readonly days: string;
}

const lifetimes = ['7', '30', '90'].map((days) => ({ value: days, label: `${days} days` }));
const daySeconds = 86_400;
const required = { required: true, withAsterisk: false };

/** Makes a key for one identity. */
export function MakeKeyDialog(props: MakeKeyDialogProps): ReactNode {
  const { identity, opened, onClose, onMade } = props;
  const [asked, setAsked] = useState(() => blank(identity));
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () => postJson<NewApiKeyView>('/keys', bodyOf(identity.identity, asked)),
    onSuccess: (made) => {
      onMade(made);
      onClose();
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['keys', identity.identity] });
      // After a refusal one may not have the role any more.
      void queries.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
  const { reset } = make;
  // As it stands when the dialog opens; while it is open, nothing is taken from who writes in it.
  useEffect(() => {
    if (!opened) return;
    setAsked(blank(identity));
    reset();
  }, [opened]);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Make a key"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!make.isPending) make.mutate();
        }}
      >
        <p>
          Whoever has the key is{' '}
          <b className="mono">
            <InertName name={identity.identity} />
          </b>
          , until it expires or is revoked. It is shown once.
        </p>
        <Fields asked={asked} onChange={(part) => setAsked({ ...asked, ...part })} />
        {make.isError && (
          <p className="form-error" role="alert">
            {explain(make.error).title}. {explain(make.error).detail}
          </p>
        )}
        <div className="dialog-buttons">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" className="primary-button" loading={make.isPending}>
            Make the key
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface FieldsProps {
  readonly asked: Asked;
  readonly onChange: (part: Partial<Asked>) => void;
}

function Fields({ asked, onChange }: FieldsProps): ReactNode {
  const text = (key: keyof Asked, label: string, more: object): ReactNode => (
    <TextInput
      label={label}
      maxLength={256}
      autoComplete="off"
      value={asked[key]}
      onChange={({ currentTarget }) => onChange({ [key]: currentTarget.value })}
      {...more}
    />
  );
  return (
    <div className="declare-fields">
      {text('name', 'Name', {
        ...required,
        'data-autofocus': true,
        maxLength: 63,
        description: 'One word, by which it is revoked',
      })}
      {text('owner', 'Owner', { ...required, description: 'A person who is accountable for it' })}
      {text('groups', 'Groups', { description: 'For policies; separated by commas' })}
      <NativeSelect
        label="Good for"
        data={lifetimes}
        value={asked.days}
        onChange={({ currentTarget }) => onChange({ days: currentTarget.value })}
      />
    </div>
  );
}

const blank = ({ owner }: IdentityDetailView): Asked => ({
  name: '',
  owner,
  groups: '',
  days: '30',
});

function bodyOf(identity: string, { name, owner, groups, days }: Asked): object {
  const words = groups.split(',').map((group) => group.trim());
  const named = words.filter((group) => group !== '');
  return {
    ...{ name: name.trim(), identity, owner: owner.trim(), seconds: Number(days) * daySeconds },
    ...(named.length === 0 ? {} : { groups: named }),
  };
}
