import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFocusGone } from './use-focus-gone.js';

interface LeavingButtonProps {
  readonly label?: string;
  readonly tone?: string | undefined;
  readonly onClick: () => void;
  /** It had the focus, and goes. */
  readonly onFocusGone: () => void;
  readonly children: ReactNode;
}

/** A button for what can be done once: it goes when the page learns that it was done. */
export function LeavingButton(props: LeavingButtonProps): ReactNode {
  const { label, tone, onClick, onFocusGone, children } = props;
  const ref = useFocusGone<HTMLButtonElement>(onFocusGone);
  return (
    <UnstyledButton
      ref={ref}
      className="button"
      data-tone={tone}
      aria-label={label}
      onClick={onClick}
    >
      {children}
    </UnstyledButton>
  );
}
