import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SHORT } from '../drills/drill.js';
import { DRILLS } from '../drills/drills.js';
import { Installation } from '../drills/installation.js';
import { verdictOf } from '../drills/report.js';
import { DrillRunner } from '../drills/run-drill.js';
import { Cleanup } from '../postgres/processes.js';

/** `npm run drills` does more of them, and for longer. */
const SCALE = { ...SHORT, kills: 1, awayMs: 8_000 };
const DRILL_MS = 600_000;

const cleanup = new Cleanup();
let runner: DrillRunner;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-drills-'));
  cleanup.add(async () => {
    rmSync(directory, { recursive: true, force: true });
  });
  const site = await Installation.start(directory, cleanup);
  runner = await DrillRunner.prepare({ site, scale: SCALE, seed: 1 });
});

afterAll(() => cleanup.run());

it.each(['kill-capture', 'kill-projector', 'broker-away', 'poison'])(
  'nothing is lost, repeated or hidden: %s',
  async (name) => {
    const drill = DRILLS.find((each) => each.name === name);
    if (drill === undefined) throw new Error(`there is no drill ${name}`);
    const result = await runner.do(drill);
    expect(verdictOf(result)).toBe('pass');
    expect(result.outcome?.acknowledged).toBeGreaterThan(0);
  },
  DRILL_MS,
);
