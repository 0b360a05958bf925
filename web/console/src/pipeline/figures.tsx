import type { PipelineView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '../ui/format.js';

/** What is held and not as it should be, and the room that is left. */
export function Figures({ view }: { readonly view: PipelineView }): ReactNode {
  const { gappedSessions, forks, deadLetters, disk } = view;
  return (
    <dl className="figures">
      <Figure label="Gapped sessions" bad={gappedSessions > 0}>
        {gappedSessions === 0 ? (
          '0'
        ) : (
          <Link to="/sessions" search={{ status: ['gapped'] }}>
            {formatCount(gappedSessions)}
          </Link>
        )}
      </Figure>
      <Figure label="Forks" bad={forks > 0}>
        {formatCount(forks)}
      </Figure>
      <Figure label="Dead letters" bad={deadLetters > 0}>
        {formatCount(deadLetters)}
      </Figure>
      <Figure label="ClickHouse, free">
        {disk === null
          ? 'not known'
          : `${formatBytes(disk.freeBytes)} of ${formatBytes(disk.totalBytes)}`}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly bad?: boolean;
  readonly children: ReactNode;
}

function Figure({ label, bad = false, children }: FigureProps): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={bad ? 'has-errors' : undefined}>{children}</dd>
    </div>
  );
}
