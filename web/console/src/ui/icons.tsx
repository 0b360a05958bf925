import type { ReactNode } from 'react';

const lines = {
  check: 'M3 8.5 6.5 12 13 4.5',
  record:
    'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 6.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4z',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a5.7 5.7 0 1 0 7 7z',
  sun: [
    'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z',
    'M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4',
    'M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1',
  ].join(''),
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  gap: 'M2 8h3M11 8h3M6.5 4.5v7M9.5 4.5v7',
  silent: 'M2.5 8h.01M6 8h.01M9.8 8h.01M13.5 8h.01',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6h.01',
  link: [
    'M6.5 9.5a3 3 0 0 0 4.2 0l2-2a3 3 0 0 0-4.2-4.2l-.8.8',
    'M9.5 6.5a3 3 0 0 0-4.2 0l-2 2a3 3 0 0 0 4.2 4.2l.8-.8',
  ].join(''),
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  quote: 'M3 10.5V7a3 3 0 0 1 3-3M3 7.5h3v3.5H3zM9 10.5V7a3 3 0 0 1 3-3M9 7.5h3v3.5H9z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14',
  chevron: 'M4 6l4 4 4-4',
  right: 'M3 8h10M9 4l4 4-4 4',
  left: 'M13 8H3M7 4 3 8l4 4',
  keyboard:
    'M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M4 9.5h.01M12 9.5h.01M6.5 9.5h3',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5v9l7.5-4.5z',
  stop: 'M4 4h8v8H4z',
  download: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10',
  shield: 'M8 1.8 13 3.6v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4zM5.8 8l1.6 1.6 3-3.2',
  list: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  user: 'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM3 13.5c.6-2.4 2.5-3.6 5-3.6s4.4 1.2 5 3.6',
  ban: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM4.2 4.2l7.6 7.6',
} as const;

export type IconName = keyof typeof lines;

interface IconProps {
  readonly name: IconName;
  readonly size?: number;
}

/** Says nothing to screen readers; what it stands beside has words. */
export function Icon({ name, size = 16 }: IconProps): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path
        d={lines[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
