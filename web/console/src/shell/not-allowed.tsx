import type { MeView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { mayReadApprovals } from '../api/rights.js';
import { Blank } from '../ui/blank.js';

/** In place of a page that the api would refuse to fill. */
export function NotAllowed({ me }: { readonly me: MeView }): ReactNode {
  const roles = me.roles.length === 0 ? 'without a role' : `as ${me.roles.join(', ')}`;
  return (
    <div className="page-blank">
      <title>Not allowed · Steno</title>
      <Blank icon="ban" title="Not allowed" tone="danger">
        <p>
          You are signed in as <b>{me.name ?? me.actor}</b>, {roles}. This page takes another role;
          an administrator can give it to you.
        </p>
        {mayReadApprovals(me) && (
          <Link to="/approvals/{-$approvalId}" params={{ approvalId: undefined }}>
            Go to the approvals
          </Link>
        )}
      </Blank>
    </div>
  );
}
