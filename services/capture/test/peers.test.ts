import { Instance } from '@steno/event-log';
import { MemoryLog } from '@steno/event-log/memory';
import type { InstanceRole } from '@steno/sessions';
import { describe, expect, it } from 'vitest';
import { ControlState } from '../src/control-state.js';
import { TestInstallation } from './rig.js';

const installation = new TestInstallation();

/** One run of a process that says where it is reached; `of` signs for it. */
async function begin(
  log: MemoryLog,
  { instance, role, peer }: { instance: string; role: InstanceRole; peer: string },
  of = installation,
) {
  const origin = of.origin(instance, role, of.root);
  const run = new Instance({ log, origin, role, version: 'test' });
  await run.begin(peer);
  return { boot: origin.boot, end: () => run.end() };
}

async function peersIn(log: MemoryLog) {
  const state = new ControlState(installation.root.publicKey);
  await state.load(log);
  return Object.fromEntries([...state.peers].map(([boot, { address }]) => [boot, address]));
}

describe('peers', () => {
  const capture = (instance: string, peer: string) => ({
    instance,
    role: 'capture' as const,
    peer,
  });

  it('are the captures that said where they are reached, until they end', async () => {
    const log = new MemoryLog();
    const a = await begin(log, capture('a', '10.0.0.1:5432'));
    const b = await begin(log, capture('b', '10.0.0.2:5432'));
    const nowhere = await begin(log, capture('c', ''));
    expect(await peersIn(log)).toEqual({ [a.boot]: '10.0.0.1:5432', [b.boot]: '10.0.0.2:5432' });
    await a.end();
    expect(await peersIn(log)).toEqual({ [b.boot]: '10.0.0.2:5432' });
    await b.end();
    await nowhere.end();
    expect(await peersIn(log)).toEqual({});
  });

  it('give way to a later start of the same, or at the same address', async () => {
    const log = new MemoryLog();
    const first = await begin(log, capture('a', '10.0.0.1:5432'));
    const moved = await begin(log, capture('a', '10.0.0.9:5432'));
    expect(await peersIn(log)).toEqual({ [moved.boot]: '10.0.0.9:5432' });
    // The late word of the first is not about the second.
    await first.end();
    expect(await peersIn(log)).toEqual({ [moved.boot]: '10.0.0.9:5432' });
    const successor = await begin(log, capture('b', '10.0.0.9:5432'));
    expect(await peersIn(log)).toEqual({ [successor.boot]: '10.0.0.9:5432' });
    const hidden = await begin(log, capture('b', ''));
    expect(await peersIn(log)).toEqual({});
    for (const run of [moved, successor, hidden]) await run.end();
  });

  it('are captures alone, and of this installation', async () => {
    const log = new MemoryLog();
    const api = await begin(log, { instance: 'x', role: 'api', peer: '10.6.6.6:1' });
    const stranger = await begin(log, capture('y', '10.6.6.6:2'), new TestInstallation());
    expect(await peersIn(log)).toEqual({});
    for (const run of [api, stranger]) await run.end();
  });
});
