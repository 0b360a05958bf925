import { create } from '@bufbuild/protobuf';
import {
  EnvelopeSchema,
  InstanceHeardSchema,
  InstanceLostSchema,
  InstanceSilentSchema,
  InstanceStoppedSchema,
  PolicyLoadedSchema,
} from '@steno/proto';
import type { Envelope } from '@steno/proto';
import { beforeEach, expect, it } from 'vitest';
import { policyDigest } from './policy-digest.js';
import { PolicyVersions } from './policy-versions.js';

let versions: PolicyVersions;
let now = 0n;
beforeEach(() => {
  versions = new PolicyVersions();
  now = 0n;
});

const take = (instance: string, facts: Envelope['facts'], boot = `${instance}-1`) => {
  now += 1n;
  const stream = `control/${instance}/${boot}`;
  const of = { instance, boot, stream, position: now };
  versions.take(create(EnvelopeSchema, { ...of, occurredAt: now, facts }));
};

const filesOf = (text: string) => (text === '' ? [] : [{ name: 'rules.cedar', text }]);
const digestOf = (text: string) => policyDigest(filesOf(text)).toString('hex');

const load = (instance: string, text: string, boot?: string) => {
  const files = filesOf(text);
  const loaded = { digest: policyDigest(files), files, rules: files.length };
  take(instance, { case: 'policyLoaded', value: create(PolicyLoadedSchema, loaded) }, boot);
};

const stop = (instance: string) =>
  take(instance, { case: 'instanceStopped', value: create(InstanceStoppedSchema) });

const inForce = () =>
  versions.inForce().map(({ instance, digest, since }) => [instance, digest, since]);

it('tells what each capture goes by, which may differ', () => {
  load('b', 'one');
  load('a', 'one');
  load('b', 'two');
  expect(inForce()).toEqual([
    ['a', digestOf('one'), 2n],
    ['b', digestOf('two'), 3n],
  ]);
  expect(versions.get(digestOf('one'))).toEqual({
    digest: digestOf('one'),
    rules: 1,
    fileNames: ['rules.cedar'],
    firstLoadedAt: 1n,
    inForceSince: 1n,
    lastInForceAt: undefined,
    captures: ['b', 'a'],
    before: undefined,
    place: { stream: 'control/b/b-1', position: 1 },
  });
  expect(versions.get(digestOf('two'))?.before).toBe(digestOf('one'));
  expect(versions.get('none')).toBeUndefined();
});

it('knows when a version went out of force, and that it came back', () => {
  load('a', 'one');
  load('a', 'two');
  expect(versions.get(digestOf('one'))?.lastInForceAt).toBe(2n);
  load('a', 'one');
  const [first, second] = versions.all();
  const one = { digest: digestOf('one'), firstLoadedAt: 1n, inForceSince: 3n };
  expect(first).toMatchObject({ ...one, lastInForceAt: undefined, before: digestOf('two') });
  expect(second).toMatchObject({ digest: digestOf('two'), lastInForceAt: 3n });
  stop('a');
  expect(versions.inForce()).toEqual([]);
  expect(versions.get(digestOf('one'))?.lastInForceAt).toBe(4n);
});

it('takes neither a restart nor one more capture for a change', () => {
  load('a', 'one');
  load('a', 'two');
  stop('a');
  load('a', 'two', 'a-2');
  load('c', 'two');
  expect(versions.get(digestOf('two'))).toMatchObject({
    inForceSince: 2n,
    before: digestOf('one'),
  });
  expect(inForce()).toEqual([
    ['a', digestOf('two'), 4n],
    ['c', digestOf('two'), 5n],
  ]);
});

it('says who is silent, and takes who is lost for gone', () => {
  load('a', 'one');
  const about = { instance: 'a', boot: 'a-1' };
  take('w', { case: 'instanceSilent', value: create(InstanceSilentSchema, about) });
  expect(versions.inForce()).toMatchObject([{ instance: 'a', isSilent: true }]);
  take('w', { case: 'instanceHeard', value: create(InstanceHeardSchema, about) });
  expect(versions.inForce()).toMatchObject([{ instance: 'a', isSilent: false }]);
  take('w', { case: 'instanceLost', value: create(InstanceLostSchema, about) });
  expect(versions.inForce()).toEqual([]);
});

it('keeps a thousand versions, and always those in force', () => {
  load('stays', 'in force');
  for (let n = 0; n < 1_010; n += 1) load('a', `version ${n}`);
  expect(versions.all()).toHaveLength(1_000);
  expect(versions.leftOut).toBe(11);
  expect(versions.get(digestOf('in force'))).toBeDefined();
  expect(versions.get(digestOf('version 10'))).toBeUndefined();
  expect(versions.get(digestOf('version 1009'))).toBeDefined();
});

it('forgets captures that are gone, of more than a thousand', () => {
  load('runs', 'one');
  for (let n = 0; n < 1_010; n += 1) {
    load(`pod-${n}`, 'one');
    stop(`pod-${n}`);
  }
  expect(inForce()).toEqual([['runs', digestOf('one'), 1n]]);
  expect(versions.get(digestOf('one'))?.captures).toHaveLength(50);
});
