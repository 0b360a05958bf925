import { Kafka } from 'kafkajs';
import { TOPICS } from '@steno/proto';
import { LogUnavailable } from '../port.js';
import { clientConfig } from './client.js';
import type { KafkaOptions } from './options.js';
import { groupName, reasonOf } from './topics.js';

/**
 * The hosts from which processes share topics under this name, as the broker sees them. One that
 * was killed is among them until its session ends.
 *
 * @throws LogUnavailable
 */
export async function groupMembers(
  options: KafkaOptions,
  group: string,
): Promise<readonly string[]> {
  const admin = new Kafka(clientConfig(options)).admin();
  try {
    await admin.connect();
    const names = TOPICS.map((topic) => groupName(options, group, topic));
    const { groups } = await admin.describeGroups(names);
    const hosts = groups.flatMap(({ members }) => members.map(({ clientHost }) => clientHost));
    return [...new Set(hosts.map((host) => host.replace(/^\//, '')))].sort();
  } catch (error) {
    throw new LogUnavailable(`Kafka: ${reasonOf(error)}`, { cause: error });
  } finally {
    await admin.disconnect().catch(() => undefined); // it may never have been connected
  }
}
