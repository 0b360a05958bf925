import { randomBytes } from 'node:crypto';
import { encodeCancelRequest } from '@steno/wire-postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { CancelForwards, FORWARDS_MAX } from '../src/protocols/postgres/cancel-forwards.js';
import { tagOfBoot, tagOfKey } from '../src/protocols/postgres/cancel-keys.js';
import { encodeProxyHeader } from '../src/protocols/proxy-header.js';
import { CLIENT } from './balanced.js';
import { FakeTarget } from './fake-target.js';
import { until } from './rig.js';

const BOOT = 'boot of a peer';

const started: FakeTarget[] = [];
afterEach(() => {
  for (const peer of started.splice(0)) peer.stop();
});

/** A peer that counts requests, and answers them if it is told to. */
async function startPeer(answers: boolean) {
  const requests: Buffer[] = [];
  const peer = await FakeTarget.start((socket, chunk) => {
    requests.push(chunk);
    if (answers) socket.end();
  });
  started.push(peer);
  return { requests, address: `127.0.0.1:${peer.port}` };
}

function forwardsTo(
  addresses: Readonly<Record<string, string>>,
  { timeoutMs = 60_000, proxyProtocol = false } = {},
) {
  const peers = new Map(
    Object.entries(addresses).map(([boot, address]) => [boot, { instance: boot, address }]),
  );
  return new CancelForwards({
    gateway: { proxyProtocol },
    tls: undefined,
    peers,
    timeoutMs,
  });
}

function keyOf(boot: string) {
  return { processId: tagOfBoot(boot) * 2 ** 21 + 7, secretKey: randomBytes(4) };
}

describe('a cancel request for another capture', () => {
  it('reaches those with the tag of its key, and no other', async () => {
    const peer = await startPeer(true);
    const twin = await startPeer(true);
    const other = await startPeer(true);
    const sameTag = Array.from({ length: 20_000 }, (_, n) => `boot ${n}`).find(
      (boot) => tagOfBoot(boot) === tagOfBoot(BOOT),
    );
    const forwards = forwardsTo({
      [BOOT]: peer.address,
      [sameTag ?? '']: twin.address,
      'boot of another': other.address,
      'boot of a peer without an address': 'none',
    });
    const key = keyOf(BOOT);
    expect(tagOfKey(key)).toBe(tagOfBoot(BOOT));
    await forwards.forward(key, CLIENT);
    const request = encodeCancelRequest(key.processId, key.secretKey);
    expect(peer.requests).toEqual([request]);
    expect(twin.requests).toEqual([request]);
    await forwards.forward({ ...key, processId: -key.processId }, CLIENT);
    await forwards.forward(keyOf('boot of nobody'), CLIENT);
    expect([peer, twin, other].map(({ requests }) => requests.length)).toEqual([1, 1, 0]);
  });

  it('tells where its client is, if that is asked for', async () => {
    const peer = await startPeer(true);
    const key = keyOf(BOOT);
    const forwards = forwardsTo({ [BOOT]: peer.address }, { proxyProtocol: true });
    await forwards.forward(key, CLIENT);
    const request = encodeCancelRequest(key.processId, key.secretKey);
    const all = Buffer.concat([encodeProxyHeader(CLIENT), request]);
    const got = Buffer.concat(peer.requests);
    // It may be cut off by the answer to its first part.
    expect(got.equals(all.subarray(0, got.length))).toBe(true);
    expect(got.length).toBeGreaterThanOrEqual(encodeProxyHeader(CLIENT).length);
  });

  it('goes no further while it is under way, nor do more than a few others', async () => {
    const peer = await startPeer(false);
    const forwards = forwardsTo({ [BOOT]: peer.address });
    const keys = Array.from({ length: FORWARDS_MAX }, (_, n) => ({
      processId: tagOfBoot(BOOT) * 2 ** 21 + n,
      secretKey: randomBytes(4),
    }));
    const [first = keyOf(BOOT), ...others] = keys;
    const sent = [forwards.forward(first, CLIENT)];
    await forwards.forward(first, CLIENT);
    sent.push(...others.map((key) => forwards.forward(key, CLIENT)));
    await forwards.forward(keyOf(BOOT), CLIENT);
    await until('all have arrived', () =>
      peer.requests.length === FORWARDS_MAX ? true : undefined,
    );
    for (const target of started.splice(0)) target.stop();
    await Promise.all(sent);
    const again = await startPeer(true);
    await forwardsTo({ [BOOT]: again.address }).forward(keyOf(BOOT), CLIENT);
    expect(again.requests.length).toBe(1);
  });

  it('is given up when its time is over, and where nobody listens', async () => {
    const mute = await startPeer(false);
    await forwardsTo({ [BOOT]: mute.address }, { timeoutMs: 100 }).forward(keyOf(BOOT), CLIENT);
    expect(mute.requests.length).toBe(1);
    for (const target of started.splice(0)) target.stop();
    await forwardsTo({ [BOOT]: mute.address }).forward(keyOf(BOOT), CLIENT);
  });
});
