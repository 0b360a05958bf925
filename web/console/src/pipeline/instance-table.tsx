import type { InstanceState, InstanceView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { formatSpan } from '@steno/player';
import { useState, type ReactNode } from 'react';
import { formatCount, formatTime, nsBetween } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import type { StatusWords } from '../ui/status-badge.js';
import { useNow } from '../ui/use-now.js';
import { useZone } from '../ui/use-zone.js';
import { LostDialog } from './lost-dialog.js';

const STATES: Readonly<Record<InstanceState, StatusWords>> = {
  running: { icon: 'check', word: 'Running', tone: 'ok', means: 'It reports every 10 seconds.' },
  silent: { icon: 'silent', word: 'Silent', tone: 'danger', means: 'It stopped reporting.' },
  stopped: { icon: 'stop', word: 'Stopped', tone: 'live', means: 'It ended in order.' },
  lost: { icon: 'cross', word: 'Lost', tone: 'danger', means: 'It will not come back.' },
};

interface InstanceTableProps {
  readonly instances: readonly InstanceView[];
  readonly showsStopped: boolean;
}

/** The processes that write events, each by its newest boot; and what earlier ones left. */
export function InstanceTable({ instances, showsStopped }: InstanceTableProps): ReactNode {
  const shown = instances.filter(({ state }) => showsStopped || state !== 'stopped');
  const now = new Date(useNow()).toISOString();
  const [zone] = useZone();
  return (
    <table className="plain-table">
      <caption>Instances</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Role</th>
          <th scope="col">Version</th>
          <th scope="col">State</th>
          <th scope="col">Last heard</th>
          <th scope="col">Open sessions</th>
          <th scope="col">Events emitted</th>
          <th scope="col">Missing</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((instance) => (
          <tr key={instance.boot}>
            <th scope="row">{instance.name}</th>
            <td>{instance.role}</td>
            <td>{instance.version}</td>
            <td>
              <StateBadge instance={instance} since={formatTime(instance.since, zone)} />
              {instance.state === 'silent' && <DeclareLost instance={instance} />}
            </td>
            <td>
              {instance.lastHeardAt === null
                ? 'never'
                : `${formatSpan(wholeSeconds(nsBetween(instance.lastHeardAt, now)))} ago`}
            </td>
            <td>{formatCount(instance.openSessions)}</td>
            <td>{formatCount(instance.emitted)}</td>
            <td className={instance.missing > 0 ? 'has-errors' : undefined}>
              {formatCount(instance.missing)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const wholeSeconds = (ns: number): number => Math.round(ns / 1e9) * 1e9;

interface StateBadgeProps {
  readonly instance: InstanceView;
  readonly since: string;
}

function StateBadge({ instance: { state }, since }: StateBadgeProps): ReactNode {
  const { icon, word, tone, means } = STATES[state];
  return (
    <>
      <span className="badge" data-tone={tone} title={means}>
        <Icon name={icon} size={12} />
        {word}
      </span>
      <span className="faint"> since {since}</span>
    </>
  );
}

function DeclareLost({ instance }: { readonly instance: InstanceView }): ReactNode {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <UnstyledButton
        className="text-button"
        aria-label={`Declare ${instance.name} lost`}
        onClick={() => setAsking(true)}
      >
        Declare lost…
      </UnstyledButton>
      {isAsking && <LostDialog instance={instance} onClose={() => setAsking(false)} />}
    </>
  );
}
