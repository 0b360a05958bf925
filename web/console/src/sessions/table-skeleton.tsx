import type { ReactNode } from 'react';

const rows = [...'abcdefghijklmnop'];

/** The shape of the table while it is on its way. */
export function TableSkeleton(): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading the sessions">
      {rows.map((row) => (
        <div key={row} aria-hidden="true">
          <i />
          <i />
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
