import type { CommandView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { formatClock, formatSpan } from '@steno/player';
import type { ReactNode } from 'react';
import { formatCount } from '../ui/format.js';
import { Icon, type IconName } from '../ui/icons.js';
import { failed } from './command-filter.js';

interface CommandRowProps {
  readonly command: CommandView;
  readonly current: boolean;
  /** Its events, or the last of them, came after its instance was declared lost. */
  readonly late: boolean;
  readonly onChoose: () => void;
}

/** A line's worth of text; the rest is in the details. */
const shownText = 200;

export function CommandRow({ command, current, late, onChoose }: CommandRowProps): ReactNode {
  const { icon, tone, word } = outcomeOf(command);
  return (
    <UnstyledButton
      className="command-row"
      aria-current={current ? 'true' : undefined}
      onClick={onChoose}
    >
      <span className="command-line">
        <span className="command-outcome" data-tone={tone}>
          <Icon name={icon} size={12} />
          <span className="visually-hidden">{word}</span>
        </span>
        <span className="command-text">{lineOf(command.text)}</span>
      </span>
      <span className="command-meta">
        <span>{formatClock(command.t, true)}</span>
        {late && (
          <span className="command-late" title="It came after its instance was declared lost.">
            late
          </span>
        )}
        <Signs command={command} />
        <span className="command-result" data-tone={tone === 'danger' ? tone : undefined}>
          {resultOf(command)}
        </span>
        <span>{command.durationNs === null ? '' : formatSpan(command.durationNs)}</span>
      </span>
    </UnstyledButton>
  );
}

/** That people had to let it go, and that values of it are hidden. */
function Signs({ command: { decision, masked, redacted } }: Pick<CommandRowProps, 'command'>) {
  const word = decision === undefined ? undefined : signOf(decision);
  const count = (of: CommandView['masked'] = []): number =>
    of.reduce((sum, one) => sum + one.count, 0);
  return (
    <>
      {word !== undefined && (
        <span className="command-sign" data-tone={word === 'granted' ? 'ok' : 'warning'}>
          {word}
        </span>
      )}
      {masked !== undefined && <span className="command-sign">{count(masked)} masked</span>}
      {redacted !== undefined && <span className="command-sign">{count(redacted)} redacted</span>}
    </>
  );
}

/** A denied one says so by its outcome. */
function signOf({ effect, outcome }: NonNullable<CommandView['decision']>): string | undefined {
  if (effect === 'hold') return outcome ?? 'waits';
  return effect === 'allow' ? 'approved before' : undefined;
}

interface Outcome {
  readonly icon: IconName;
  readonly tone: 'ok' | 'danger' | 'live' | 'plain';
  readonly word: string;
}

export function outcomeOf(command: CommandView): Outcome {
  if (command.status === 'denied') return { icon: 'ban', tone: 'danger', word: 'Denied' };
  if (failed(command)) return { icon: 'cross', tone: 'danger', word: 'Error' };
  if (command.responsePosition === null) return { icon: 'record', tone: 'live', word: 'Running' };
  return { icon: 'check', tone: 'ok', word: 'Done' };
}

/** By the position from which on events of its session came late. */
export function isLate(command: CommandView, lateFrom: number | undefined): boolean {
  const last = command.responsePosition ?? command.position;
  return lateFrom !== undefined && last >= lateFrom;
}

function lineOf(text: string | null): string {
  if (text === null) return '(text erased or expired)';
  return text.slice(0, shownText).replace(/\s+/g, ' ').trim() || '(empty)';
}

function resultOf(command: CommandView): string {
  const { errorCode, errorMessage, tags, rows, responsePosition } = command;
  if (errorCode !== null) return `${errorCode} ${errorMessage ?? ''}`.trim();
  if (responsePosition === null) return 'running';
  const [tag] = tags;
  if (tag !== undefined) return tags.length > 1 ? `${tag} +${tags.length - 1}` : tag;
  return rows > 0 ? `${formatCount(rows)} rows` : (command.status ?? '');
}
