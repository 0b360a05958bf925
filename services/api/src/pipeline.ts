import {
  readBootEvents,
  readDiskRoom,
  readInstanceEvents,
  readLastHeartbeats,
  readNoted,
  readOpenBoots,
  readTroubles,
} from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { TOPICS } from '@steno/proto';
import type { InstanceView, PartitionView, PipelineView, Topic } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import type { ApiOptions } from './options.js';
import { bootsToShow, instanceView } from './views/pipeline-view.js';

/** Topics come into the store at their own pace: what is newer than this may lack an event. */
const SETTLED_NS = 15_000_000_000n;
/** All who look share an answer: it counts the events of whole boots. */
const KEPT_MS = 4_000;

/** Answers whether everything is recorded. */
export class Pipeline {
  private kept: { readonly at: number; readonly view: Promise<PipelineView> } | undefined;

  constructor(
    private readonly options: Pick<ApiOptions, 'logEnd' | 'now'>,
    private readonly reader: StoreReader,
  ) {}

  view(): Promise<PipelineView> {
    const now = this.options.now();
    if (this.kept !== undefined && now - this.kept.at < KEPT_MS) return this.kept.view;
    const view = this.look(BigInt(now) * 1_000_000n);
    this.kept = { at: now, view };
    view.catch(() => (this.kept = undefined));
    return view;
  }

  /** As they are now: nothing that is kept. */
  async instances(): Promise<readonly InstanceView[]> {
    const now = BigInt(this.options.now()) * 1_000_000n;
    return this.instancesAt(now, await this.partitions('heartbeat'));
  }

  private async look(now: bigint): Promise<PipelineView> {
    const [byTopic, troubles, disk] = await Promise.all([
      Promise.all(TOPICS.map((topic) => this.partitions(topic))),
      readTroubles(this.reader),
      readDiskRoom(this.reader),
    ]);
    const partitions = byTopic.flat();
    const heartbeats = partitions.filter(({ topic }) => topic === 'heartbeat');
    const instances = await this.instancesAt(now, heartbeats);
    return { at: toRfc3339(now), instances, partitions, ...troubles, disk: disk ?? null };
  }

  private async instancesAt(
    now: bigint,
    partitions: readonly PartitionView[],
  ): Promise<readonly InstanceView[]> {
    const { reader } = this;
    // There are heartbeats that have not come here yet.
    const isBehind = partitions.some(
      ({ logEnd, projectedTo }) => logEnd === null || logEnd > projectedTo,
    );
    const owners = await readOpenBoots(reader);
    const boots = bootsToShow(await readInstanceEvents(reader), owners, now);
    const from = boots.reduce((first, { startedAt }) => earlier(first, startedAt), now);
    const names = boots.map(({ boot }) => boot);
    const [heartbeats, events] = await Promise.all([
      readLastHeartbeats(reader, from),
      readBootEvents(reader, names, { from, until: now - SETTLED_NS }),
    ]);
    const newest = heartbeats.reduce((last, { recordedAt }) => later(last, recordedAt), from);
    const views = boots.flatMap((boot) => {
      const view = instanceView(boot, {
        heartbeat: heartbeats.find((one) => one.boot === boot.boot),
        events: events.find((one) => one.boot === boot.boot),
        // Who seems silent may just not have been heard here.
        now: isBehind ? newest : now,
      });
      // Of those that were replaced a moment ago, the next run closes what they left.
      return boot.isReplaced && view.state !== 'silent' && view.state !== 'lost' ? [] : [view];
    });
    return views.sort((a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name));
  }

  private async partitions(topic: Topic): Promise<readonly PartitionView[]> {
    const [noted, ends] = await Promise.all([
      readNoted(this.reader, '', topic),
      this.options.logEnd(topic),
    ]);
    const projected = new Map(noted.map(({ partition, until }) => [partition, until]));
    const partitions = new Set([...projected.keys(), ...(ends?.keys() ?? [])]);
    return [...partitions]
      .sort((a, b) => a - b)
      .map((partition) => ({
        topic,
        partition,
        logEnd: ends === undefined ? null : (ends.get(partition) ?? 0),
        projectedTo: projected.get(partition) ?? 0,
      }));
  }
}

const earlier = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const later = (one: bigint, other: bigint): bigint => (one > other ? one : other);
