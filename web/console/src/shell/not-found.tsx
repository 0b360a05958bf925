import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Blank } from '../ui/blank.js';

export function NotFound(): ReactNode {
  return (
    <main className="page-blank">
      <title>Not found · Steno</title>
      <Blank icon="search" title="There is no such page">
        <Link to="/">Go to the first page</Link>
      </Blank>
    </main>
  );
}
