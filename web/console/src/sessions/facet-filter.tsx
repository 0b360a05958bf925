import { Checkbox, Popover, TextInput, UnstyledButton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Icon } from '../ui/icons.js';

interface FacetFilterProps {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** So many options get a search field; and no more than `most` are listed at once. */
const searchable = 8;
const most = 200;

/** A button that says what is chosen, and the list to choose from. */
export function FacetFilter({ label, options, chosen, onChange }: FacetFilterProps): ReactNode {
  const [search, setSearch] = useState('');
  const needle = search.trim().toLowerCase();
  const matching = options.filter((option) => option.label.toLowerCase().includes(needle));
  const toggle = (value: string): void =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <Popover position="bottom-start" width={330} trapFocus onClose={() => setSearch('')}>
      <Popover.Target>
        <UnstyledButton className="facet" data-chosen={chosen.length > 0}>
          {label}
          {chosen.length > 0 && <b>{summary(chosen, options)}</b>}
          <Icon name="chevron" size={12} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        {options.length > searchable && (
          <TextInput
            size="xs"
            aria-label={`Search ${label.toLowerCase()}`}
            placeholder="Search"
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        )}
        <div className="facet-list" role="group" aria-label={label}>
          {matching.slice(0, most).map(({ value, label: text }) => (
            <Checkbox
              key={value}
              size="xs"
              label={text}
              checked={chosen.includes(value)}
              onChange={() => toggle(value)}
            />
          ))}
          {matching.length === 0 && <p className="faint">Nothing matches.</p>}
          {matching.length > most && <p className="faint">Search to see the others.</p>}
        </div>
        {chosen.length > 0 && (
          <UnstyledButton className="text-button" onClick={() => onChange([])}>
            Clear
          </UnstyledButton>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function summary(chosen: readonly string[], options: FacetFilterProps['options']): string {
  const first = options.find(({ value }) => value === chosen[0])?.label ?? chosen[0] ?? '';
  return chosen.length === 1 ? first : `${first} +${chosen.length - 1}`;
}
