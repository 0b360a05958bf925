import { Menu, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';

const formats = [
  { name: 'cast3', label: 'asciicast v3', what: 'for asciinema and its player' },
  { name: 'cast2', label: 'asciicast v2', what: 'for older players' },
  { name: 'text', label: 'Text', what: 'what the screen showed' },
  { name: 'ndjson', label: 'Events', what: 'all, with the bytes that were hashed' },
] as const;

/** The files that the api makes of a session; that somebody takes one is an event. */
export function ExportMenu({ sessionId }: { readonly sessionId: string }): ReactNode {
  return (
    <Menu position="bottom-end" width={300} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className="button">
          <Icon name="download" size={14} /> Export
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ name, label, what }) => (
          <Menu.Item
            key={name}
            component="a"
            href={`/api/sessions/${sessionId}/export?format=${name}`}
            download
          >
            {label} <span className="faint">{what}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
