import { KeyHelpDialog } from '@steno/player';
import type { ReactNode } from 'react';
import { LIST_KEYS, PIPELINE_KEYS, SESSION_KEYS } from './help.js';

interface HelpDialogProps {
  readonly page: 'list' | 'pipeline' | 'session';
  readonly onClose: () => void;
}

export default function HelpDialog({ page, onClose }: HelpDialogProps): ReactNode {
  return page === 'session' ? (
    <KeyHelpDialog onClose={onClose} more={SESSION_KEYS} />
  ) : (
    <KeyHelpDialog onClose={onClose} keys={page === 'pipeline' ? PIPELINE_KEYS : LIST_KEYS} />
  );
}
