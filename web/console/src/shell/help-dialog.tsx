import { KeyHelpDialog } from '@steno/player';
import type { ReactNode } from 'react';
import {
  APPROVAL_KEYS,
  IDENTITIES_KEYS,
  IDENTITY_KEYS,
  LIST_KEYS,
  PIPELINE_KEYS,
  POLICY_KEYS,
  SESSION_KEYS,
  TOKEN_KEYS,
  type HelpPage,
} from './help.js';

interface HelpDialogProps {
  readonly page: HelpPage;
  readonly onClose: () => void;
}

const keys = {
  approvals: APPROVAL_KEYS,
  identities: IDENTITIES_KEYS,
  identity: IDENTITY_KEYS,
  list: LIST_KEYS,
  pipeline: PIPELINE_KEYS,
  policies: POLICY_KEYS,
  tokens: TOKEN_KEYS,
};

export default function HelpDialog({ page, onClose }: HelpDialogProps): ReactNode {
  return page === 'session' ? (
    <KeyHelpDialog onClose={onClose} more={SESSION_KEYS} />
  ) : (
    <KeyHelpDialog onClose={onClose} keys={keys[page]} />
  );
}
