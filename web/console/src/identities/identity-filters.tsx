import { UnstyledButton } from '@mantine/core';
import type { ReactNode, RefObject } from 'react';
import { FacetFilter } from '../sessions/facet-filter.js';
import { Icon } from '../ui/icons.js';
import { SearchField } from '../ui/search-field.js';
import { STATES, isFiltered, validateIdentitiesSearch, type IdentitiesSearch } from './search.js';
import { STATE_WORDS } from './state-badge.js';

interface IdentityFiltersProps {
  readonly search: IdentitiesSearch;
  readonly onChange: (search: IdentitiesSearch) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

const stateOptions = STATES.map((value) => ({ value, label: STATE_WORDS[value].word }));

/** By what the inventory is filtered. */
export function IdentityFilters({ search, onChange, field }: IdentityFiltersProps): ReactNode {
  const change = (part: Readonly<Record<string, unknown>>): void =>
    onChange(validateIdentitiesSearch({ ...search, ...part }));
  return (
    <div className="filter-bar" role="search" aria-label="Identities">
      <SearchField
        text={search.text ?? ''}
        words={{ label: 'Part of the name', hint: 'Search by name' }}
        field={field}
        onChange={(text) => change({ text })}
      />
      <FacetFilter
        label="State"
        options={stateOptions}
        chosen={search.state ?? []}
        onChange={(state) => change({ state })}
      />
      {search.owner !== undefined && (
        <UnstyledButton
          className="facet"
          data-chosen="true"
          aria-label={`Owner ${search.owner}: show all owners`}
          onClick={() => change({ owner: '' })}
        >
          Owner <b>{search.owner}</b> <Icon name="cross" size={12} />
        </UnstyledButton>
      )}
      {isFiltered(search) && (
        <UnstyledButton className="text-button" onClick={() => onChange({})}>
          Clear all
        </UnstyledButton>
      )}
    </div>
  );
}
