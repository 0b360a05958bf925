import { describe, expect, it } from 'vitest';
import * as backend from '../src/backend.js';
import * as toClient from '../src/encode-to-client.js';
import * as toServer from '../src/encode-to-server.js';
import * as frontend from '../src/frontend.js';
import { type Malformed, isMalformed } from '../src/malformed.js';
import { type Side, typeName } from '../src/message-types.js';
import { withHeader } from '../src/scanner.js';
import { BackendOrder } from '../src/session-order.js';
import { encodeCancelRequest, encodeSslRequest, encodeStartup } from '../src/startup.js';
import { scanChunks } from './collector.js';
import { decodeAll } from './decoders.js';
import { directions, loadRecording, recordings } from './recordings.js';

function must<T>(value: T | Malformed | undefined): T {
  if (value === undefined) throw new Error('missing');
  if (isMalformed(value)) throw new Error(`${value.reason}: ${value.detail}`);
  return value;
}

const messagesOf = (side: Side, bytes: Buffer) => scanChunks([bytes], { side }).messages;

/** Types in order, repetitions of rows and copied lines as one. */
function order(side: Side, bytes: Buffer): string {
  const letters = messagesOf(side, bytes).map(({ type }) => String.fromCharCode(type));
  return letters.join('').replace(/([Dd])\1+/g, '$1+');
}

describe.each(directions)('$name', ({ side, bytes }) => {
  it('decodes, every message of it', () => {
    for (const { type, body } of messagesOf(side, bytes)) {
      const readings = decodeAll(side, type, body);
      if (readings.every(isMalformed)) {
        expect(`${typeName(type)} ${body.toString('hex')}`).toBe('well-formed');
      }
    }
  });
});

type Reencode = (body: Buffer) => Buffer;

/** Decodes and encodes again, for each message type that both can. */
const reencode: Readonly<Record<string, Reencode>> = {
  '> Q': (body) => toServer.encodeQuery(must(frontend.decodeQuery(body)).text),
  '> P': (body) => toServer.encodeParse(must(frontend.decodeParse(body))),
  '> B': (body) => toServer.encodeBind(must(frontend.decodeBind(body))),
  '> D': (body) => toServer.encodeDescribe(must(frontend.decodeDescribe(body))),
  '> C': (body) => toServer.encodeClose(must(frontend.decodeClose(body))),
  '> E': (body) => {
    const { portal, maxRows } = must(frontend.decodeExecute(body));
    return toServer.encodeExecute(portal, maxRows);
  },
  '> F': (body) => toServer.encodeFunctionCall(must(frontend.decodeFunctionCall(body))),
  '> d': (body) => toServer.encodeCopyData(body),
  '> f': (body) => toServer.encodeCopyFail(must(frontend.decodeCopyFail(body)).message),
  '> S': () => toServer.encodeEmptyToServer('sync'),
  '> X': () => toServer.encodeEmptyToServer('terminate'),
  '> H': () => toServer.encodeEmptyToServer('flush'),
  '> c': () => toServer.encodeEmptyToServer('copyDone'),
  '< R': (body) => toClient.encodeAuthentication(must(backend.decodeAuthentication(body))),
  '< S': (body) => {
    const { name, value } = must(backend.decodeParameterStatus(body));
    return toClient.encodeParameterStatus(name, value);
  },
  '< K': (body) => {
    const { processId, secretKey } = must(backend.decodeBackendKeyData(body));
    return toClient.encodeBackendKeyData(processId, secretKey);
  },
  '< Z': (body) => toClient.encodeReadyForQuery(must(backend.decodeReadyForQuery(body)).status),
  '< T': (body) => toClient.encodeRowDescription(must(backend.decodeRowDescription(body)).fields),
  '< D': (body) => toClient.encodeDataRow(must(backend.decodeDataRow(body))),
  '< C': (body) => toClient.encodeCommandComplete(must(backend.decodeCommandComplete(body)).tag),
  '< A': (body) => {
    const { processId, channel, payload } = must(backend.decodeNotificationResponse(body));
    return toClient.encodeNotificationResponse(processId, channel, payload);
  },
  '< t': (body) =>
    toClient.encodeParameterDescription(
      must(backend.decodeParameterDescription(body)).parameterTypes,
    ),
  '< V': (body) =>
    toClient.encodeFunctionCallResponse(must(backend.decodeFunctionCallResponse(body)).value),
  '< v': (body) => {
    const { minor, unrecognizedOptions } = must(backend.decodeNegotiateProtocolVersion(body));
    return toClient.encodeNegotiateProtocolVersion(minor, unrecognizedOptions);
  },
  '< G': (body) => copyResponse('in', body),
  '< H': (body) => copyResponse('out', body),
  '< W': (body) => copyResponse('both', body),
  '< 1': () => toClient.encodeEmptyToClient('parseComplete'),
  '< 2': () => toClient.encodeEmptyToClient('bindComplete'),
  '< 3': () => toClient.encodeEmptyToClient('closeComplete'),
  '< n': () => toClient.encodeEmptyToClient('noData'),
  '< I': () => toClient.encodeEmptyToClient('emptyQueryResponse'),
  '< s': () => toClient.encodeEmptyToClient('portalSuspended'),
  '< c': () => toClient.encodeEmptyToClient('copyDone'),
  '< d': (body) => toServer.encodeCopyData(body),
};

function copyResponse(direction: 'in' | 'out' | 'both', body: Buffer): Buffer {
  const { binary, columnFormats } = must(backend.decodeCopyResponse(body));
  return toClient.encodeCopyResponse(direction, binary, columnFormats);
}

describe('real messages, decoded and encoded again', () => {
  const seen = new Set<string>();

  it.each(directions)('are the same bytes: $name', ({ name, side, bytes }) => {
    for (const { type, body } of messagesOf(side, bytes)) {
      const key = `${name.slice(-1)} ${String.fromCharCode(type)}`;
      // Errors carry fields that encoders do not write; passwords have a test of their own.
      if (['< E', '< N', '> p'].includes(key)) continue;
      const again = must(reencode[key])(body);
      expect(again.subarray(5).toString('hex')).toBe(body.toString('hex'));
      expect(again[0]).toBe(type);
      expect(withHeader(again.subarray(5))).toEqual(again);
      seen.add(key);
    }
  });

  it('cover every message type that has an encoder', () => {
    const missing = Object.keys(reencode).filter((key) => !seen.has(key));
    expect(missing).toEqual([]);
  });

  it.each(recordings)('start as $name did', ({ startups, startupBytes }) => {
    const again = startups.map((startup) => {
      if (startup.kind === 'startup') return encodeStartup(startup);
      if (startup.kind === 'ssl-request') return encodeSslRequest();
      if (startup.kind !== 'cancel') throw new Error(`unexpected ${startup.kind}`);
      return encodeCancelRequest(startup.processId, startup.secretKey);
    });
    expect(Buffer.concat(again).toString('hex')).toBe(startupBytes.toString('hex'));
  });
});

describe('what was recorded', () => {
  it('has the start-ups of psql, of replication, and of versions', () => {
    const last = (name: string) => loadRecording(name).startups.at(-1);
    expect(loadRecording('ssl-declined').startups.map(({ kind }) => kind)).toEqual([
      'ssl-request',
      'startup',
    ]);
    expect(last('psql-simple')).toMatchObject({
      minor: 0,
      parameters: new Map([
        ['user', 'app'],
        ['database', 'shop'],
        ['application_name', 'fixture'],
      ]),
      replication: 'none',
    });
    expect(last('replication')).toMatchObject({ replication: 'physical' });
    expect(last('negotiate-3.9999')).toMatchObject({
      minor: 9999,
      protocolOptions: new Map([['_pq_.made_up', 'on']]),
    });
  });

  it('has cancel requests with the key that the server gave, short and long', () => {
    for (const [session, cancel, length] of [
      ['cancel-1', 'cancel-2', 4],
      ['protocol-3.2', 'protocol-3.2-cancel', 32],
    ] as const) {
      const messages = messagesOf('backend', loadRecording(session).backend);
      const key = must(messages.find(({ type }) => type === 0x4b));
      const { processId, secretKey } = must(backend.decodeBackendKeyData(key.body));
      expect(secretKey.length).toBe(length);
      expect(loadRecording(cancel).startups[0]).toMatchObject({ processId, secretKey });
      const error = must(messages.find(({ type }) => type === 0x45));
      const fields = must(backend.decodeErrorFields(error.body));
      expect(backend.fieldText(fields, 'C')).toBe('57014');
    }
  });

  it('has the answers to versions that the server does not speak', () => {
    const negotiation = (name: string) => {
      const [first] = messagesOf('backend', loadRecording(name).backend);
      return backend.decodeNegotiateProtocolVersion(must(first).body);
    };
    const unrecognizedOptions = ['_pq_.made_up'];
    expect(negotiation('negotiate-3.2')).toEqual({ minor: 0, unrecognizedOptions });
    expect(negotiation('negotiate-3.9999')).toEqual({ minor: 2, unrecognizedOptions });
  });

  it('has messages in this order', () => {
    const { frontend: sent, backend: received } = loadRecording('extended-all');
    expect(order('frontend', sent)).toBe('PDHBDEECSBESPDBESPBEPSPBESPBEHd+fSFFCSX');
    expect(order('backend', received)).toBe(
      'RSSSSSSSSSSSSSKZ1tT2TD+sD+C3Z2DsZ1tn2CZ1EZ12IZ12GEZVZVZ3Z',
    );
  });

  it('has rows, tags and errors with their texts', () => {
    const messages = messagesOf('backend', loadRecording('psql-simple').backend);
    const bodies = (letter: string) =>
      messages.filter(({ type }) => type === letter.charCodeAt(0)).map(({ body }) => body);
    const tags = bodies('C').map((body) => must(backend.decodeCommandComplete(body)).tag);
    expect(tags.filter((tag) => backend.rowsAffected(tag) !== undefined)).toEqual([
      'SELECT 1',
      'SELECT 1',
      'SELECT 1',
      'INSERT 0 1',
      'SELECT 7',
      'UPDATE 4',
      'DELETE 7',
      'FETCH 2',
      'MOVE 1',
      'SELECT 30',
      'SELECT 1',
    ]);
    const row = must(backend.decodeDataRow(must(bodies('D')[0])));
    expect(row.map((value) => value?.toString() ?? null)).toEqual(['1', null, 'grün', '\\x00ff']);
    const columns = must(backend.decodeRowDescription(must(bodies('T')[0]))).fields;
    expect(columns.map(({ name }) => name)).toEqual(['one', 'nothing', 'größe', 'bytea']);
    const codes = [...bodies('E'), ...bodies('N')].map((body) =>
      backend.fieldText(must(backend.decodeErrorFields(body)), 'C'),
    );
    expect(codes).toEqual(['42703', '22012', '25P02', '01000']);
  });

  it.each(recordings.filter(({ backend: received }) => received.length > 0))(
    'is in order: $name',
    ({ backend: received }) => {
      const following = new BackendOrder();
      for (const { type, body } of messagesOf('backend', received)) {
        expect(following.next(type, body)).toBeUndefined();
      }
    },
  );
});
