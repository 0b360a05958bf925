import type { IdentityDetailView } from '@steno/proto';
import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { statusQuery } from '../api/queries.js';
import { InertName } from '../ui/inert-text.js';
import { ReasonDialog } from '../ui/reason-dialog.js';
import { blankDeclaration, bodyOf, lifetimesOf, type Declaration } from './declaration.js';
import { useSaying } from './use-saying.js';

interface DeclareDialogProps {
  /** Which is declared; absent: one that is named here. */
  readonly identity?: IdentityDetailView;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onClosed?: () => void;
}

/** Of identities that are proven by a key. */
const KEY_ISSUER = 'steno:api-key';

/** Says who answers for an identity. */
export function DeclareDialog(props: DeclareDialogProps): ReactNode {
  const { identity, opened, onClose, onClosed } = props;
  const [declaration, setDeclaration] = useState(() => blankDeclaration(identity, Date.now()));
  const navigate = useNavigate();
  const { data: status } = useQuery(statusQuery);
  const known = [...(status?.issuers ?? []).map(({ issuer }) => issuer), KEY_ISSUER];
  const issuer = declaration.issuer || (known[0] ?? '');
  const name = declaration.name.trim();
  const say = useSaying(name);
  // As it stands when the dialog opens; while it is open, nothing is taken from who writes in it.
  useEffect(() => {
    if (opened) setDeclaration(blankDeclaration(identity, Date.now()));
  }, [opened]);
  const declare = async (reason: string): Promise<void> => {
    const body = bodyOf({ ...declaration, issuer }, reason, Date.now());
    await say('declare', body, 'Declared; it waits for approval');
    onClose();
    if (identity === undefined) await navigate({ to: '/identities/$name', params: { name } });
  };
  return (
    <ReasonDialog
      title={identity === undefined ? 'Declare an identity' : 'Declare this identity?'}
      opened={opened}
      onClose={onClose}
      {...(onClosed === undefined ? {} : { onClosed })}
      words={{ leave: 'Cancel', act: 'Declare' }}
      tone="primary"
      onAct={declare}
      fields={
        <Fields
          declaration={{ ...declaration, issuer }}
          issuers={[...new Set([...(issuer === '' ? [] : [issuer]), ...known])]}
          identity={identity}
          onChange={(part) => setDeclaration({ ...declaration, ...part })}
        />
      }
    >
      {identity !== undefined && (
        <>
          <b className="mono">
            <InertName name={identity.identity} />
          </b>
          :{' '}
        </>
      )}
      It says who answers for it. Until somebody approves it, it gets in only where{' '}
      <code>registration</code> is <code>observe</code>
      {identity?.state === 'approved' ? ', and the approval that it has ends with this.' : '.'}
    </ReasonDialog>
  );
}

interface FieldsProps {
  readonly declaration: Declaration;
  readonly issuers: readonly string[];
  readonly identity: IdentityDetailView | undefined;
  readonly onChange: (part: Partial<Declaration>) => void;
}

function Fields({ declaration, issuers, identity, onChange }: FieldsProps): ReactNode {
  const text = (key: keyof Declaration, label: string, more: object = {}): ReactNode => (
    <TextInput
      label={label}
      maxLength={256}
      autoComplete="off"
      value={declaration[key]}
      onChange={({ currentTarget }) => onChange({ [key]: currentTarget.value })}
      {...more}
    />
  );
  const required = { required: true, withAsterisk: false };
  const first = { 'data-autofocus': true };
  return (
    <div className="declare-fields">
      {identity === undefined &&
        text('name', 'Name', { ...required, ...first, description: 'As sessions show it' })}
      <NativeSelect
        label="Issuer of its tokens or keys"
        data={[...issuers]}
        value={declaration.issuer}
        onChange={({ currentTarget }) => onChange({ issuer: currentTarget.value })}
      />
      {text('owner', 'Owner', {
        ...required,
        ...(identity === undefined ? {} : first),
        description: 'A person who is accountable for it',
      })}
      {text('team', 'Team')}
      {text('purpose', 'Purpose', { description: 'What it is for' })}
      {text('environment', 'Environment', { description: 'A word such as production' })}
      {text('subjectPattern', 'Subjects', {
        description: 'Empty: this name alone. A pattern, * for any characters: all that fit',
        maxLength: 512,
      })}
      <NativeSelect
        label="Good for"
        data={lifetimesOf(identity, Date.now())}
        value={declaration.until}
        onChange={({ currentTarget }) => onChange({ until: currentTarget.value })}
      />
    </div>
  );
}
