import type { ReactNode } from 'react';

const paths = {
  play: 'M5 3.2v9.6L13 8z',
  pause: 'M4.5 3h2.2v10H4.5zM9.3 3h2.2v10H9.3z',
  previous: 'M12.5 3.5v9L6 8zM3.5 3.5h1.6v9H3.5z',
  next: 'M3.5 3.5v9L10 8zM10.9 3.5h1.6v9h-1.6z',
} as const;

const lines = {
  fullscreen: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  skip: 'M2.5 4.5 6 8l-3.5 3.5M7.5 4.5 11 8l-3.5 3.5M13.5 4v8',
  keyboard:
    'M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M4 9.5h.01M12 9.5h.01M6.5 9.5h3',
  warning: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6h.01',
  close: 'M4 4l8 8M12 4l-8 8',
  plug: 'M6 2v3M10 2v3M4 5h8v2.5a4 4 0 0 1-8 0zM8 11.5V14',
} as const;

export type IconName = keyof typeof paths | keyof typeof lines;

/** Says nothing to screen readers; what it stands in has a name of its own. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  const filled = name in paths ? paths[name as keyof typeof paths] : undefined;
  return (
    <svg className="steno-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {filled !== undefined ? (
        <path d={filled} fill="currentColor" />
      ) : (
        <path
          d={lines[name as keyof typeof lines]}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}
