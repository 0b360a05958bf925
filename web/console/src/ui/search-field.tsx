import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState, type ReactNode, type RefObject } from 'react';
import { Icon } from './icons.js';

const typingMs = 300;

interface SearchFieldProps {
  readonly text: string;
  readonly words: { readonly label: string; readonly hint: string };
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onChange: (text: string) => void;
}

/** What a list is searched by, told once the typing rests. */
export function SearchField({ text, words, field, onChange }: SearchFieldProps): ReactNode {
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
      aria-label={words.label}
      placeholder={words.hint}
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
