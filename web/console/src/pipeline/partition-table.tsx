import type { PartitionView } from '@steno/proto';
import type { ReactNode } from 'react';
import { formatCount } from '../ui/format.js';
import { lagOf } from './verdict.js';

/** How far the projector is behind the log. */
export function PartitionTable(props: {
  readonly partitions: readonly PartitionView[];
}): ReactNode {
  return (
    <table className="plain-table">
      <caption>From the log into ClickHouse</caption>
      <thead>
        <tr>
          <th scope="col">Topic</th>
          <th scope="col">Partition</th>
          <th scope="col">End of the log</th>
          <th scope="col">Projected to</th>
          <th scope="col">Lag</th>
        </tr>
      </thead>
      <tbody>
        {props.partitions.map((one) => (
          <tr key={`${one.topic}/${one.partition}`}>
            <th scope="row">{one.topic}</th>
            <td>{one.partition}</td>
            <td>{one.logEnd === null ? 'not known' : formatCount(one.logEnd)}</td>
            <td>{formatCount(one.projectedTo)}</td>
            <td>{one.logEnd === null ? 'not known' : formatCount(lagOf(one))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
