import { Popover, UnstyledButton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { useZone } from '../ui/use-zone.js';
import { RANGES, RANGE_NAMES, type SessionsSearch } from './search.js';

type Times = Pick<SessionsSearch, 'range' | 'from' | 'to'>;

interface TimeFilterProps {
  readonly times: Times;
  readonly onChange: (times: Times) => void;
}

/** Either the newest so many hours, which move on, or a fixed span. */
export function TimeFilter({ times, onChange }: TimeFilterProps): ReactNode {
  const [zone] = useZone();
  const [opened, setOpened] = useState(false);
  const choose = (next: Times): void => {
    onChange(next);
    setOpened(false);
  };
  const { range, from, to } = times;
  const at = (time: string | undefined): string =>
    time === undefined ? '…' : formatTime(time, zone).slice(0, 16);
  const chosen =
    range !== undefined
      ? RANGES[range].label
      : from !== undefined || to !== undefined
        ? `${at(from)} – ${at(to)}`
        : undefined;
  return (
    <Popover position="bottom-start" width={270} trapFocus opened={opened} onChange={setOpened}>
      <Popover.Target>
        <UnstyledButton
          className="facet"
          data-chosen={chosen !== undefined}
          onClick={() => setOpened(!opened)}
        >
          Time
          {chosen !== undefined && <b>{chosen}</b>}
          <Icon name="chevron" size={12} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Time">
        <div className="range-list">
          <RangeButton label="Any time" chosen={chosen === undefined} onClick={() => choose({})} />
          {RANGE_NAMES.map((name) => (
            <RangeButton
              key={name}
              label={RANGES[name].label}
              chosen={name === range}
              onClick={() => choose({ range: name })}
            />
          ))}
        </div>
        <FixedSpan from={from} to={to} utc={zone === 'utc'} onChoose={choose} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface RangeButtonProps {
  readonly label: string;
  readonly chosen: boolean;
  readonly onClick: () => void;
}

function RangeButton({ label, chosen, onClick }: RangeButtonProps): ReactNode {
  return (
    <UnstyledButton className="range-button" aria-pressed={chosen} onClick={onClick}>
      {label}
      {chosen && <Icon name="check" size={14} />}
    </UnstyledButton>
  );
}

interface FixedSpanProps {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly utc: boolean;
  readonly onChoose: (times: Times) => void;
}

function FixedSpan({ from, to, utc, onChoose }: FixedSpanProps): ReactNode {
  const [start, setStart] = useState(() => toField(from, utc));
  const [end, setEnd] = useState(() => toField(to, utc));
  return (
    <form
      className="fixed-span"
      onSubmit={(event) => {
        event.preventDefault();
        const fixed = { from: fromField(start, utc), to: fromField(end, utc) };
        onChoose(
          Object.fromEntries(Object.entries(fixed).filter(([, time]) => time !== undefined)),
        );
      }}
    >
      <label>
        From
        <input
          type="datetime-local"
          value={start}
          onChange={({ target }) => setStart(target.value)}
        />
      </label>
      <label>
        To
        <input type="datetime-local" value={end} onChange={({ target }) => setEnd(target.value)} />
      </label>
      <button type="submit" className="text-button">
        Apply ({utc ? 'UTC' : 'local time'})
      </button>
    </form>
  );
}

/** A date field has no zone: it holds the time as it is shown. */
function toField(iso: string | undefined, utc: boolean): string {
  if (iso === undefined) return '';
  return formatTime(iso, utc ? 'utc' : 'local')
    .replace(' ', 'T')
    .slice(0, 16);
}

function fromField(value: string, utc: boolean): string | undefined {
  const ms = Date.parse(utc ? `${value}Z` : value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
