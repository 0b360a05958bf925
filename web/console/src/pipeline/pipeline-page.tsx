import type { PipelineView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { explain } from '../api/client.js';
import { pipelineQuery } from '../api/queries.js';
import { Blank } from '../ui/blank.js';
import { formatTime } from '../ui/format.js';
import { usePageKeys } from '../ui/page-keys.js';
import { useZone } from '../ui/use-zone.js';
import { Figures } from './figures.js';
import { InstanceTable } from './instance-table.js';
import { PartitionTable } from './partition-table.js';
import { VerdictLine } from './verdict-line.js';

/** Are we recording everything right now? */
export function PipelinePage(): ReactNode {
  const { stopped } = useSearch({ from: '/shell/pipeline' });
  const navigate = useNavigate({ from: '/pipeline' });
  const query = useQuery(pipelineQuery);
  const showsStopped = stopped === 'shown';
  const toggle = (): void =>
    void navigate({ search: showsStopped ? {} : { stopped: 'shown' }, replace: true });
  const refresh = (): void => void query.refetch();
  usePageKeys({ s: toggle, r: refresh });
  return (
    <div className="page">
      <title>Pipeline · Steno</title>
      <div className="page-head">
        <h1>Pipeline</h1>
        <span className="grow" />
        <UnstyledButton className="live-switch" aria-pressed={showsStopped} onClick={toggle}>
          Stopped instances {showsStopped ? 'shown' : 'hidden'}
        </UnstyledButton>
      </div>
      <div className="pipeline" tabIndex={-1}>
        <Contents {...query} showsStopped={showsStopped} onRetry={refresh} />
      </div>
    </div>
  );
}

interface ContentsProps {
  readonly data: PipelineView | undefined;
  readonly error: Error | null;
  readonly showsStopped: boolean;
  readonly onRetry: () => void;
}

function Contents({ data, error, showsStopped, onRetry }: ContentsProps): ReactNode {
  const [zone] = useZone();
  if (data === undefined && error === null) return <Loading />;
  if (data === undefined || error !== null) {
    // What was so some seconds ago is no answer to whether it is so now.
    const { title, detail } = explain(error);
    return (
      <Blank icon="warning" title={title} tone="danger">
        <p>{detail}</p>
        {data !== undefined && <p>Last known at {formatTime(data.at, zone)}.</p>}
        <UnstyledButton className="button" onClick={onRetry}>
          Try again
        </UnstyledButton>
      </Blank>
    );
  }
  if (data.instances.length === 0) {
    return (
      <Blank icon="list" title="Nothing has reported yet">
        <p>Captures, projectors and apis appear here within seconds of their start.</p>
      </Blank>
    );
  }
  return (
    <>
      <VerdictLine view={data} />
      <Figures view={data} />
      <InstanceTable instances={data.instances} showsStopped={showsStopped} />
      <PartitionTable partitions={data.partitions} />
    </>
  );
}

const rows = [...'abcdefgh'];

function Loading(): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading the pipeline">
      {rows.map((row) => (
        <div key={row} aria-hidden="true">
          <i />
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
