import type { ApprovalView } from '@steno/proto';
import type { ReactNode } from 'react';
import { countOf } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { countUnseen } from '../ui/inert.js';
import { InertName } from '../ui/inert-text.js';

/** What an approver must not overlook. */
export function Warnings({ approval }: { readonly approval: ApprovalView }): ReactNode {
  const { opaqueParts, command, commandLength } = approval;
  const unseen = countUnseen(command ?? '');
  return (
    <>
      <WhereWarning approval={approval} />
      {opaqueParts.length > 0 && (
        <Warning tone="warning" title="What it would do cannot be seen from its text alone">
          <InertName name={opaqueParts.join('; ')} />
        </Warning>
      )}
      {commandLength !== undefined && (
        <Warning tone="danger" title="Only the beginning of the command is shown">
          All of it has {countOf(commandLength, 'byte')}. It stands in full in its session.
        </Warning>
      )}
      {unseen > 0 && (
        <Warning tone="warning" title={`${countOf(unseen, 'character')} of it could not be seen`}>
          Control characters, unusual spaces and what turns the direction of text are written out,
          and marked.
        </Warning>
      )}
    </>
  );
}

export function WhereWarning({ approval }: { readonly approval: ApprovalView }): ReactNode {
  const { whereMissing, writes } = approval;
  if (!whereMissing) return null;
  return (
    <Warning tone="danger" title="No WHERE: it may reach every row">
      {writes.length > 0 && (
        <>
          Of <InertName name={writes.join(', ')} />, without any condition.
        </>
      )}
    </Warning>
  );
}

interface WarningProps {
  readonly tone: 'warning' | 'danger';
  readonly title: string;
  readonly children: ReactNode;
}

export function Warning({ tone, title, children }: WarningProps): ReactNode {
  return (
    <div className="callout" data-tone={tone}>
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        <p>{children}</p>
      </div>
    </div>
  );
}
