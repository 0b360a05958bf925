import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRig } from './rig.js';
import type { Rig } from './rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

describe('a session', () => {
  it('passes and is recorded', async () => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: rig.port,
      user: 'anything',
      database: 'shop',
      password: await rig.token(),
    });
    await client.connect();
    const { rows } = await client.query('select generate_series(1, 3) as n');
    expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await client.query('select $1::int + $2::int as sum', [40, 2]);
    await client.end();
    const events = await rig.events('data');
    console.log(events.map((e) => `${e.envelope.type} ${JSON.stringify(e.envelope.facts.value, (k, v) => k === '$typeName' ? undefined : typeof v === 'bigint' ? Number(v) : v)}`).join('\n'));
    expect(events.map(({ envelope }) => envelope.type)).toEqual([]);
  });
});
