import type { CommandView, Page } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { commandOf, loadCommands, type CommandLog } from './commands.js';

const command = (position: number, done = true): CommandView => ({
  position,
  responsePosition: done ? position + 1 : null,
  t: position * 1e9,
  endT: done ? position * 1e9 + 5 : null,
  durationNs: done ? 5 : null,
  kind: 'query',
  text: `select ${position}`,
  textLength: 10,
  status: done ? 'ok' : null,
  tags: [],
  rows: 0,
  bytes: 0,
  errorCode: null,
  errorMessage: null,
  sha256: null,
  hmac: null,
  hash: '',
});

/** An api with these commands, in pages of two. */
function apiOf(commands: readonly CommandView[]) {
  const asked: (number | undefined)[] = [];
  const fetchPage = (after: number | undefined): Promise<Page<CommandView>> => {
    asked.push(after);
    const items = commands.filter(({ position }) => position > (after ?? -1)).slice(0, 2);
    const last = items.at(-1)?.position ?? 0;
    const more = commands.some(({ position }) => position > last);
    return Promise.resolve({ items, nextCursor: more ? String(last) : null });
  };
  return { asked, fetchPage };
}

const positions = ({ commands }: CommandLog): number[] => commands.map(({ position }) => position);

describe('loading', () => {
  it('takes all pages and shows each as it comes', async () => {
    const { fetchPage } = apiOf([1, 3, 5, 7, 9].map((position) => command(position)));
    const published: number[] = [];
    const log = await loadCommands(undefined, fetchPage, (part) => {
      published.push(part.commands.length);
    });
    expect(positions(log)).toEqual([1, 3, 5, 7, 9]);
    expect(published).toEqual([2, 4]);
  });

  it('asks only for what is new, and for what was running', async () => {
    const known = { commands: [command(1), command(3, false), command(5)], cut: false };
    const { asked, fetchPage } = apiOf([1, 3, 5, 7].map((position) => command(position)));
    const log = await loadCommands(known, fetchPage, () => undefined);
    expect(asked[0]).toBe(1);
    expect(positions(log)).toEqual([1, 3, 5, 7]);
    expect(log.commands[1]?.responsePosition).toBe(4);
    asked.length = 0;
    await loadCommands(log, fetchPage, () => undefined);
    expect(asked).toEqual([7]);
  });
});

it('a moment belongs to the last command before it', () => {
  const commands = [2, 4, 6].map((position) => command(position));
  expect([0, 2, 3, 4, 99].map((position) => commandOf(commands, position))).toEqual([
    -1, 0, 0, 1, 2,
  ]);
});
