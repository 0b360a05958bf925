import type { PipelineView } from '@steno/proto';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { verdictOf } from './verdict.js';

export function VerdictLine({ view }: { readonly view: PipelineView }): ReactNode {
  const { tone, title, reasons } = verdictOf(view);
  return (
    <div className="verdict" data-tone={tone} role="status">
      <Icon name={tone === 'ok' ? 'check' : 'warning'} size={18} />
      <div>
        <h2>{title}</h2>
        {reasons.map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
      </div>
    </div>
  );
}
