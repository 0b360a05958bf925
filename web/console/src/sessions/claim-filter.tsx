import { Popover, TextInput, UnstyledButton } from '@mantine/core';
import { useId, useRef, useState, type ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { claimOf } from './claims.js';

interface ClaimFilterProps {
  /** As `name=value`; a session has all of them. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** What tokens say most often of where they come from. */
const NAMES = (
  'repository workflow job ref sha environment run_id actor ' +
  'project_path pipeline_id job_id user_login branch step_key'
).split(' ');

/** By what the token said: which pipeline, job, commit or person it was. */
export function ClaimFilter({ chosen, onChange }: ClaimFilterProps): ReactNode {
  return (
    <Popover position="bottom-start" width={330} trapFocus>
      <Popover.Target>
        <UnstyledButton className="facet" data-chosen={chosen.length > 0}>
          Claim
          {chosen.length > 0 && (
            <b>
              <InertName name={summary(chosen)} />
            </b>
          )}
          <Icon name="chevron" size={12} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Claim">
        <AddClaim onAdd={(claim) => onChange([...chosen.filter((one) => one !== claim), claim])} />
        {chosen.length > 0 && (
          <ul className="claim-list" aria-label="Claims that are asked for">
            {chosen.map((claim) => (
              <li key={claim}>
                <code>
                  <InertName name={claim} />
                </code>
                <UnstyledButton
                  aria-label={`Remove ${claim}`}
                  onClick={() => onChange(chosen.filter((one) => one !== claim))}
                >
                  <Icon name="cross" size={12} />
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
        {chosen.length > 1 && (
          <UnstyledButton className="text-button" onClick={() => onChange([])}>
            Clear
          </UnstyledButton>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function AddClaim({ onAdd }: { readonly onAdd: (claim: string) => void }): ReactNode {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [isWrong, setWrong] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const names = useId();
  const add = (): void => {
    const claim = claimOf(name.trim(), value);
    setWrong(claim === undefined);
    if (claim === undefined) return;
    onAdd(claim);
    setName('');
    setValue('');
    first.current?.focus();
  };
  return (
    <form
      className="claim-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <TextInput
        ref={first}
        size="xs"
        label="Name"
        placeholder="repository"
        list={names}
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <datalist id={names}>
        {NAMES.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <TextInput
        size="xs"
        label="Value"
        placeholder="acme/shop"
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <button type="submit" className="text-button">
        Add
      </button>
      <p className={isWrong ? 'form-error' : 'faint'} role={isWrong ? 'alert' : undefined}>
        {isWrong
          ? 'It takes a name without =, and a value; 256 characters at most.'
          : 'Compared to the letter and as a whole.'}
      </p>
    </form>
  );
}

function summary(chosen: readonly string[]): string {
  const [first = '', ...more] = chosen;
  return more.length === 0 ? first : `${first} +${more.length}`;
}
