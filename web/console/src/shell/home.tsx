import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { explain } from '../api/client.js';
import { meQuery } from '../api/queries.js';
import { landingOf } from '../api/rights.js';
import { Blank } from '../ui/blank.js';

/** Leads on to where whoever is signed in has something to do. */
export function Home(): ReactNode {
  const { data: me, error, refetch } = useQuery(meQuery);
  if (me !== undefined) return <Navigate to={landingOf(me)} replace />;
  if (error === null) return null;
  const { title, detail } = explain(error);
  return (
    <main className="page-blank">
      <title>Steno</title>
      <Blank icon="warning" title={title} tone="danger">
        <p>{detail}</p>
        <UnstyledButton className="button" onClick={() => void refetch()}>
          Try again
        </UnstyledButton>
      </Blank>
    </main>
  );
}
