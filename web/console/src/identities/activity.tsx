import type { IdentityDetailView } from '@steno/proto';
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { HOURS, WEEKDAYS, cellText, gridOf, levelOf, summaryOf } from './heat.js';

interface ActivityProps {
  readonly activity: IdentityDetailView['activity'];
}

interface Place {
  readonly weekday: number;
  readonly hour: number;
}

const DAY_MS = 86_400_000;
/** The hours that are written over the grid. */
const written = 6;

/** When it acts: commands by hour of the week, each cell within reach of pointer and keys. */
export function Activity({ activity: { from, zone, hours } }: ActivityProps): ReactNode {
  const summary = useId();
  const grid = useMemo(() => gridOf(hours), [hours]);
  const [shown, setShown] = useState<Place>();
  const days = Math.round((Date.now() - Date.parse(from)) / DAY_MS);
  return (
    <section aria-label="Activity">
      <h2>Activity</h2>
      <p id={summary} className="faint">
        {summaryOf(hours, days)}
      </p>
      <Grid grid={grid} summary={summary} onShow={setShown} />
      <p className="heat-foot">
        <span className="faint">Times are in {zone}.</span>
        <span className="grow" />
        <span aria-hidden="true">
          {shown === undefined
            ? ''
            : cellText(shown.weekday, shown.hour, grid[shown.weekday]?.[shown.hour] ?? 0)}
        </span>
      </p>
    </section>
  );
}

interface GridProps {
  readonly grid: readonly (readonly number[])[];
  readonly summary: string;
  readonly onShow: (place: Place | undefined) => void;
}

function Grid({ grid, summary, onShow }: GridProps): ReactNode {
  const table = useRef<HTMLTableElement>(null);
  const [current, setCurrent] = useState<Place>({ weekday: 0, hour: 0 });
  const most = Math.max(1, ...grid.flat());
  const go = (place: Place): void => {
    setCurrent(place);
    table.current?.rows[place.weekday + 1]?.cells[place.hour + 1]?.focus();
  };
  return (
    <table
      className="heat"
      role="grid"
      aria-label="Commands by weekday and hour"
      aria-describedby={summary}
      aria-readonly="true"
      ref={table}
      onKeyDown={(event) => move(event, current, go)}
      onPointerLeave={() => onShow(undefined)}
      onBlur={() => onShow(undefined)}
    >
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Day</span>
          </th>
          {HOURS.map((hour) => (
            <th key={hour} scope="col">
              <span className="visually-hidden">{hour}:00</span>
              {hour % written === 0 && <span aria-hidden="true">{hour}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {grid.map((row, weekday) => (
          <tr key={WEEKDAYS[weekday]}>
            <th scope="row">{WEEKDAYS[weekday]?.slice(0, 3)}</th>
            {row.map((commands, hour) => (
              <td
                // An hour of a day is known by its place.
                key={`${weekday} ${HOURS[hour] ?? 0}`}
                role="gridcell"
                tabIndex={weekday === current.weekday && hour === current.hour ? 0 : -1}
                data-level={levelOf(commands, most)}
                aria-label={cellText(weekday, hour, commands)}
                onFocus={() => onShow({ weekday, hour })}
                onPointerEnter={() => onShow({ weekday, hour })}
                onClick={() => go({ weekday, hour })}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function move(event: KeyboardEvent, at: Place, go: (place: Place) => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { weekday, hour } = at;
  const moves: Readonly<Record<string, Place>> = {
    ArrowLeft: { weekday, hour: Math.max(0, hour - 1) },
    ArrowRight: { weekday, hour: Math.min(23, hour + 1) },
    ArrowUp: { weekday: Math.max(0, weekday - 1), hour },
    ArrowDown: { weekday: Math.min(6, weekday + 1), hour },
    Home: { weekday, hour: 0 },
    End: { weekday, hour: 23 },
  };
  const place = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
  if (place === undefined) return;
  event.preventDefault();
  go(place);
}
