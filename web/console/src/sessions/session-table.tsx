import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { useZone } from '../ui/use-zone.js';
import { COLUMNS, SessionRow } from './row.js';
import type { Sessions } from './use-sessions.js';
import { countOf } from '../ui/format.js';
import { useNow } from '../ui/use-now.js';
import { lastScrollTop } from './last-place.js';
import type { SessionsSearch } from './search.js';
import { useRowKeys } from './use-row-keys.js';

interface SessionTableProps {
  readonly data: Sessions;
  readonly search: SessionsSearch;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

const rowHeight = 38;
const cardHeight = 84;
/** This many rows before the end, the next page is asked for. */
const ahead = 25;

export function SessionTable({ data, search, scroller }: SessionTableProps): ReactNode {
  const { sessions, more, loadingMore, loadMore } = data;
  const [zone] = useZone();
  const now = useNow();
  const head = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery('(max-width: 860px)');
  const height = narrow ? cardHeight : rowHeight;
  const virtual = useVirtualizer({
    count: sessions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => sessions[index]?.sessionId ?? index,
    overscan: 12,
    initialOffset: () => lastScrollTop(search),
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useRowKeys(sessions.length, (index) => virtual.scrollToIndex(index), scroller);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const nearEnd = more && last >= sessions.length - ahead;
  useEffect(() => {
    if (nearEnd) loadMore();
    // loadMore is new with each render and does nothing while it loads.
  }, [nearEnd, sessions.length]);

  return (
    <>
      <div role="table" aria-label="Sessions" aria-rowcount={more ? -1 : sessions.length + 1}>
        <div role="rowgroup" className="table-head" ref={head}>
          <div role="row" className="table-row" aria-rowindex={1}>
            {COLUMNS.map(({ name, label }) => (
              <div role="columnheader" key={name} className={`cell cell-${name}`}>
                {label}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ key, index, start }) => {
            const session = sessions[index];
            if (session === undefined) return null;
            return (
              <div
                role="row"
                key={key}
                className="table-row table-line"
                aria-rowindex={index + 2}
                style={{ height, transform: `translateY(${start}px)` }}
              >
                <SessionRow session={session} index={index} zone={zone} now={now} />
              </div>
            );
          })}
        </div>
      </div>
      <p className="table-foot" role="status">
        {loadingMore
          ? 'Loading more…'
          : more
            ? ''
            : `${countOf(sessions.length, 'session')}, all shown`}
      </p>
    </>
  );
}
