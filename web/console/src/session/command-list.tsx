import type { CommandView } from '@steno/proto';
import { TextInput, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react';
import { countOf, formatCount } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { failed, matches } from './command-filter.js';
import { CommandRow, isLate } from './command-row.js';
import { useFollow } from './use-follow.js';

interface CommandListProps {
  readonly commands: readonly CommandView[];
  /** Index of the command that the screen is at; -1: none. */
  readonly current: number;
  /** The first position of those that came late. */
  readonly lateFrom: number | undefined;
  readonly cut: boolean;
  readonly loading: boolean;
  /** Not all of them could be loaded. */
  readonly failed: boolean;
  readonly filterField: RefObject<HTMLInputElement | null>;
  readonly onChoose: (command: CommandView) => void;
}

const rowHeight = 50;

/** The commands in order, in step with the screen both ways. It is the transcript as well. */
export function CommandList(props: CommandListProps): ReactNode {
  const { commands, current, lateFrom, cut, filterField, onChoose } = props;
  const [text, setText] = useState('');
  const [errorsOnly, setErrorsOnly] = useState(false);
  const shown = useMemo(
    () => commands.filter((command) => matches(command, { text, errorsOnly })),
    [commands, text, errorsOnly],
  );
  const errors = useMemo(() => commands.filter(failed).length, [commands]);
  const position = commands[current]?.position;
  return (
    <section className="command-pane" aria-label="Commands">
      <div className="command-tools">
        <TextInput
          ref={filterField}
          size="xs"
          type="search"
          aria-label="Filter the commands"
          placeholder="Filter commands"
          leftSection={<Icon name="search" size={14} />}
          rightSection={<kbd aria-hidden="true">/</kbd>}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Escape') currentTarget.blur();
          }}
        />
        <UnstyledButton
          className="facet"
          data-chosen={errorsOnly}
          aria-pressed={errorsOnly}
          onClick={() => setErrorsOnly(!errorsOnly)}
        >
          Errors <b>{formatCount(errors)}</b>
        </UnstyledButton>
      </div>
      {shown.length > 0 ? (
        <Rows shown={shown} position={position} lateFrom={lateFrom} onChoose={onChoose} />
      ) : (
        <p className="pane-empty">{emptyText(props)}</p>
      )}
      <p className="command-foot" role="status">
        {shown.length === commands.length
          ? countOf(commands.length, 'command')
          : `${formatCount(shown.length)} of ${countOf(commands.length, 'command')}`}
        {cut && '; the first ones only'}
        {props.failed && commands.length > 0 && '; not all could be loaded'}
      </p>
    </section>
  );
}

function emptyText({ loading, failed: isFailed, commands }: CommandListProps): string {
  if (loading) return 'Loading the commands…';
  if (isFailed) return 'The commands could not be loaded. The replay does not need them.';
  return commands.length === 0 ? 'No commands yet.' : 'No command matches.';
}

interface RowsProps {
  readonly shown: readonly CommandView[];
  readonly position: number | undefined;
  readonly lateFrom: number | undefined;
  readonly onChoose: (command: CommandView) => void;
}

function Rows({ shown, position, lateFrom, onChoose }: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [follow, setFollow] = useFollow(scroller);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => shown[index]?.position ?? index,
    overscan: 10,
  });
  const index = shown.findLastIndex((command) => command.position <= (position ?? -1));
  useEffect(() => {
    if (follow && index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [follow, index, virtual]);
  return (
    <>
      <div className="command-scroller" ref={scroller}>
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index: at, start }) => {
            const command = shown[at];
            if (command === undefined) return null;
            return (
              <li
                key={key}
                aria-setsize={shown.length}
                aria-posinset={at + 1}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              >
                <CommandRow
                  command={command}
                  current={command.position === position}
                  late={isLate(command, lateFrom)}
                  onChoose={() => {
                    setFollow(true);
                    onChoose(command);
                  }}
                />
              </li>
            );
          })}
        </ol>
      </div>
      {!follow && (
        <UnstyledButton className="follow-pill" onClick={() => setFollow(true)}>
          Follow the replay
        </UnstyledButton>
      )}
    </>
  );
}
