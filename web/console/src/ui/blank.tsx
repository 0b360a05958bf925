import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.js';

interface BlankProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly tone?: 'danger';
}

/** What a place says when it has nothing else to show. */
export function Blank({ icon, title, children, tone }: BlankProps): ReactNode {
  return (
    <div className="blank" data-tone={tone} role={tone === 'danger' ? 'alert' : undefined}>
      <span className="blank-icon">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      <div className="blank-text">{children}</div>
    </div>
  );
}
