import type { CommandView, Page } from '@steno/proto';

/** The commands of a session as far as they are loaded, in order of position. */
export interface CommandLog {
  readonly commands: readonly CommandView[];
  /** There are more than the console holds. */
  readonly cut: boolean;
}

/** More commands than this are not held by the console; the event list of the api has them all. */
export const MOST_COMMANDS = 50_000;
const pageSize = 1000;

type FetchPage = (after: number | undefined, limit: number) => Promise<Page<CommandView>>;

/**
 * Loads what is not known yet: from the first command that was still running, or behind the last.
 *
 * @param publish told after each page, so that the first ones show while the rest arrives
 */
export async function loadCommands(
  known: CommandLog | undefined,
  fetchPage: FetchPage,
  publish: (log: CommandLog) => void,
): Promise<CommandLog> {
  let log: CommandLog = known ?? { commands: [], cut: false };
  let after = restart(log.commands);
  for (;;) {
    const page = await fetchPage(after, pageSize);
    log = merge(log, page.items);
    const last = page.items.at(-1);
    if (page.nextCursor === null || last === undefined || log.cut) return log;
    after = last.position;
    publish(log);
  }
}

function restart(commands: readonly CommandView[]): number | undefined {
  const running = commands.findIndex(({ responsePosition }) => responsePosition === null);
  const index = running === -1 ? commands.length - 1 : running - 1;
  return commands[index]?.position;
}

function merge(log: CommandLog, items: readonly CommandView[]): CommandLog {
  const { commands } = log;
  const first = items[0];
  if (first === undefined) return log;
  const kept = commands.findIndex(({ position }) => position >= first.position);
  const before = kept === -1 ? commands : commands.slice(0, kept);
  const merged = [...before, ...items];
  return { commands: merged.slice(0, MOST_COMMANDS), cut: merged.length >= MOST_COMMANDS };
}

/** The command that an event belongs to: the last at or before its position; -1: none. */
export function commandOf(commands: readonly CommandView[], position: number): number {
  let low = 0;
  let high = commands.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((commands[middle]?.position ?? Infinity) <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
