import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { copyText } from '../ui/toast.js';

interface DetailRowProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly tone?: 'danger' | undefined;
  /** Text to be copied by a button beside the value. */
  readonly copy?: string;
}

/** A name and its value; inside of a dl. */
export function DetailRow({ label, children, tone, copy }: DetailRowProps): ReactNode {
  return (
    <div className="detail-row">
      <dt>{label}</dt>
      <dd data-tone={tone}>
        <span>{children}</span>
        {copy !== undefined && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            className="bar-icon"
            aria-label={`Copy: ${label}`}
            onClick={() => void copyText(copy, label)}
          >
            <Icon name="copy" size={13} />
          </ActionIcon>
        )}
      </dd>
    </div>
  );
}
