import { TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode, type RefObject } from 'react';
import { facetsQuery } from '../api/queries.js';
import { Icon } from '../ui/icons.js';
import { STATUS_WORDS } from '../ui/status-badge.js';
import { FacetFilter } from './facet-filter.js';
import { STATUSES, isFiltered, validateSessionsSearch, type SessionsSearch } from './search.js';
import { TimeFilter } from './time-filter.js';

interface FilterBarProps {
  readonly search: SessionsSearch;
  readonly onChange: (search: SessionsSearch) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

const none: readonly string[] = [];
const typingMs = 300;
const statusOptions = STATUSES.map((value) => ({ value, label: STATUS_WORDS[value].word }));

export function FilterBar({ search, onChange, field }: FilterBarProps): ReactNode {
  const { data: facets } = useQuery(facetsQuery);
  const change = (part: Readonly<Record<string, unknown>>): void =>
    onChange(validateSessionsSearch({ ...search, ...part }));
  return (
    <div className="filter-bar" role="search" aria-label="Sessions">
      <SearchField text={search.text ?? ''} field={field} onChange={(text) => change({ text })} />
      <FacetFilter
        label="Identity"
        options={optionsOf(facets?.identities ?? none, search.identity)}
        chosen={search.identity ?? none}
        onChange={(identity) => change({ identity })}
      />
      <FacetFilter
        label="Target"
        options={optionsOf(facets?.targets ?? none, search.target)}
        chosen={search.target ?? none}
        onChange={(target) => change({ target })}
      />
      <FacetFilter
        label="Status"
        options={statusOptions}
        chosen={search.status ?? none}
        onChange={(status) => change({ status })}
      />
      <TimeFilter
        times={search}
        onChange={(times) => change({ range: '', from: '', to: '', ...times })}
      />
      {isFiltered(search) && (
        <UnstyledButton className="text-button" onClick={() => onChange({})}>
          Clear all
        </UnstyledButton>
      )}
    </div>
  );
}

interface SearchFieldProps {
  readonly text: string;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onChange: (text: string) => void;
}

function SearchField({ text, field, onChange }: SearchFieldProps): ReactNode {
  const [typed, setTyped] = useState(text);
  const later = useDebouncedCallback(onChange, typingMs);
  // The address may change by other ways: the back button, a cleared filter.
  useEffect(() => setTyped(text), [text]);
  return (
    <TextInput
      ref={field}
      className="search-field"
      size="xs"
      type="search"
      aria-label="Words in commands"
      placeholder="Search words in commands"
      leftSection={<Icon name="search" size={14} />}
      rightSection={<kbd aria-hidden="true">/</kbd>}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        later(currentTarget.value);
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.blur();
        if (key === 'Enter') onChange(typed);
      }}
    />
  );
}

/** What is chosen stays listed, also where it is among the facets no more. */
function optionsOf(
  values: readonly string[],
  chosen: readonly string[] = none,
): { readonly value: string; readonly label: string }[] {
  return [...new Set([...chosen, ...values])].map((value) => ({ value, label: value }));
}
