import type { ReactNode } from 'react';

export function Logo(): ReactNode {
  return (
    <span className="logo">
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="currentColor" />
        <path
          d="M8 21V11M13 21v-6M18 21V9M23 21v-8"
          className="logo-strokes"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
      </svg>
      <b>Steno</b>
    </span>
  );
}
