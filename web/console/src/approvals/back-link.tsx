import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { withoutLink } from './search.js';

/** From one approval to the list. */
export function BackLink(): ReactNode {
  return (
    <Link
      to="/approvals/{-$approvalId}"
      params={{ approvalId: undefined }}
      search={withoutLink}
      className="back-link"
      aria-label="All approvals"
      title="All approvals (u)"
    >
      <Icon name="left" />
    </Link>
  );
}
