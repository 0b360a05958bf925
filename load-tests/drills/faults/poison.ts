import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { Drill } from '../drill.js';
import { DATA_TOPIC } from '../installation.js';
import type { Installation } from '../installation.js';
import { untilAnswered } from '../progress.js';
import { until } from '../until.js';

/** With a key of no stream, with none, and empty. */
const RECORDS = [
  { key: 'poison', value: randomBytes(200) },
  { key: null, value: Buffer.from('no batch at all') },
  { key: null, value: Buffer.from([0xff]) },
];

export const poison: Drill = {
  name: 'poison',
  does: 'records that are no batch put straight into the log, then a capture is killed',
  allows: 'they are in steno.dead_letters, and verify tells them; fast: the window of the kill',
  run: async ({ site, clients, kills }) => {
    const [capture] = site.captures;
    if (capture === undefined) throw new Error('there is no capture');
    await untilAnswered(clients, 'before');
    await produce(site);
    await until('the poison is in dead_letters', async () => {
      const [row] = await site.store.ask<{ letters: number }>(
        `SELECT count() AS letters FROM steno.dead_letters WHERE topic = 'data'`,
      );
      return row?.letters === site.poisoned;
    });
    await untilAnswered(clients, 'afterwards');
    // Whoever closes the sessions of the killed one reads past the poison.
    kills.push(await capture.kill());
    await capture.start();
    await untilAnswered(clients, 'after the kill');
  },
};

async function produce(site: Installation): Promise<void> {
  const kafka = new Kafka({ brokers: [site.broker.address], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  try {
    await producer.send({ topic: DATA_TOPIC, messages: RECORDS });
    site.poisoned += RECORDS.length;
  } finally {
    await producer.disconnect();
  }
}
