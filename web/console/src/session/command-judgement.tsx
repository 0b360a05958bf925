import type { CommandFacts, CommandView, CountView, StatementView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { countOf, formatCount } from '../ui/format.js';
import { InertName, InertText } from '../ui/inert-text.js';
import { DetailRow } from './detail-row.js';

interface CommandJudgementProps {
  readonly command: CommandView;
  readonly facts: CommandFacts | undefined;
}

const EFFECTS: Readonly<Record<string, string>> = {
  allow: 'allowed',
  deny: 'denied',
  hold: 'held for approval',
};

/** What policies and people said to a command, and what was hidden of it. */
export function CommandJudgement({ command, facts }: CommandJudgementProps): ReactNode {
  const { masked, redacted } = command;
  const decision = facts?.decision;
  if (decision === undefined && masked === undefined && redacted === undefined) return null;
  const { effect = '', rule = '', policyVersion } = decision ?? {};
  return (
    <>
      <h3>Policy</h3>
      <dl className="details-list">
        {decision !== undefined && (
          <DetailRow label="Decision" tone={effect === 'deny' ? 'danger' : undefined}>
            {EFFECTS[effect] ?? effect}
          </DetailRow>
        )}
        {rule !== '' && (
          <DetailRow label="Rule">
            <code>
              <InertName name={rule} />
            </code>
          </DetailRow>
        )}
        {policyVersion !== undefined && (
          <DetailRow label="Policy version" copy={policyVersion}>
            <code>{policyVersion}</code>
          </DetailRow>
        )}
        <Approval command={command} approval={decision?.approval} />
        <Deeds statements={facts?.statements ?? []} />
        {masked !== undefined && <Counts label="Masked" counts={masked} />}
        {redacted !== undefined && <Counts label="Redacted" counts={redacted} />}
      </dl>
    </>
  );
}

interface ApprovalProps {
  readonly command: CommandView;
  readonly approval: string | undefined;
}

function Approval({ command: { decision }, approval }: ApprovalProps): ReactNode {
  const id = approval ?? decision?.approval;
  if (id === undefined) return null;
  const { outcome, actor, reason } = decision ?? {};
  return (
    <>
      {outcome !== undefined && (
        <DetailRow
          label="Answer"
          tone={outcome === 'granted' || outcome === 'overridden' ? undefined : 'danger'}
        >
          {outcome}
          {actor !== undefined && (
            <>
              {' '}
              by <InertName name={actor} />
            </>
          )}
        </DetailRow>
      )}
      {reason !== undefined && (
        <DetailRow label="Reason">
          <InertText text={reason} />
        </DetailRow>
      )}
      <DetailRow label="Approval">
        <Link to="/approvals/{-$approvalId}" params={{ approvalId: id }}>
          Who was asked, who answered, and why
        </Link>
      </DetailRow>
    </>
  );
}

const SHOWN_MAX = 12;

/** What policies saw that it does. */
function Deeds({ statements }: { readonly statements: readonly StatementView[] }): ReactNode {
  const kinds = statements.flatMap(({ kind, bringsAbout = [] }) => [kind, ...bringsAbout]);
  const opaque = statements.some((statement) => statement.opaque === true);
  return (
    <>
      <Names label="Kinds" names={kinds} />
      <Names label="Reads" names={statements.flatMap(({ reads = [] }) => reads)} />
      <Names label="Writes" names={statements.flatMap(({ writes = [] }) => writes)} />
      <Names label="Calls" names={statements.flatMap(({ calls = [] }) => calls)} />
      {opaque && <DetailRow label="Opaque">not all of it could be seen through</DetailRow>}
    </>
  );
}

function Names(props: { readonly label: string; readonly names: readonly string[] }): ReactNode {
  const { label } = props;
  const names = [...new Set(props.names)];
  if (names.length === 0) return null;
  return (
    <DetailRow label={label}>
      <span className="count-tags">
        {names.slice(0, SHOWN_MAX).map((name) => (
          <span className="tag" key={name}>
            <InertName name={name} />
          </span>
        ))}
        {names.length > SHOWN_MAX && `and ${formatCount(names.length - SHOWN_MAX)} more`}
      </span>
    </DetailRow>
  );
}

function Counts(props: {
  readonly label: string;
  readonly counts: readonly CountView[];
}): ReactNode {
  const { label, counts } = props;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return (
    <DetailRow label={label}>
      {countOf(total, 'value')}
      <span className="count-tags">
        {counts.map(({ type, count }) => (
          <span className="tag" key={type}>
            {formatCount(count)} <InertName name={type} />
          </span>
        ))}
      </span>
    </DetailRow>
  );
}
