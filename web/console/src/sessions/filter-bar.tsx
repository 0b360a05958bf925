import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import { facetsQuery } from '../api/queries.js';
import { SearchField } from '../ui/search-field.js';
import { STATUS_WORDS } from '../ui/status-badge.js';
import { ClaimFilter } from './claim-filter.js';
import { FacetFilter } from './facet-filter.js';
import { STATUSES, isFiltered, validateSessionsSearch, type SessionsSearch } from './search.js';
import { TimeFilter } from './time-filter.js';

interface FilterBarProps {
  readonly search: SessionsSearch;
  readonly onChange: (search: SessionsSearch) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

const none: readonly string[] = [];
const statusOptions = STATUSES.map((value) => ({ value, label: STATUS_WORDS[value].word }));

export function FilterBar({ search, onChange, field }: FilterBarProps): ReactNode {
  const { data: facets } = useQuery(facetsQuery);
  const change = (part: Readonly<Record<string, unknown>>): void =>
    onChange(validateSessionsSearch({ ...search, ...part }));
  return (
    <div className="filter-bar" role="search" aria-label="Sessions">
      <SearchField
        text={search.text ?? ''}
        words={{ label: 'Words in commands', hint: 'Search words in commands' }}
        field={field}
        onChange={(text) => change({ text })}
      />
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
      <ClaimFilter chosen={search.claim ?? none} onChange={(claim) => change({ claim })} />
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

/** What is chosen stays listed, also where it is among the facets no more. */
function optionsOf(
  values: readonly string[],
  chosen: readonly string[] = none,
): { readonly value: string; readonly label: string }[] {
  return [...new Set([...chosen, ...values])].map((value) => ({ value, label: value }));
}
