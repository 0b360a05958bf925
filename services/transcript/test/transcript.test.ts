import { describe, expect, it } from 'vitest';
import { tailScreen, Transcript, transcriptLimits, type TranscriptEvent } from '../src/index.js';
import {
  bindBytes,
  dataRow,
  errorBody,
  event,
  joined,
  lines,
  query,
  rendered,
  response,
  rowDescription,
  startedAt,
  table,
  utf8,
} from './events.js';

const opened = event(0, {
  case: 'sessionOpened',
  value: { sessionId: '019b0000-0000-7000-8000-000000000000', protocol: 'postgres' },
});

function closed(position: number, reason: string, more = {}): TranscriptEvent {
  const value = { reason, commands: 12n, errors: 0n, ...more };
  return event(position, { case: 'sessionClosed', value });
}

describe('a session', () => {
  const failure = errorBody({ S: 'ERROR', C: '42601', M: 'syntax error', P: '1' });
  const events = [
    opened,
    query(1, 'begin'),
    response(2, { tags: ['BEGIN'] }),
    query(3, 'select\n  1 as n;\n'),
    response(4, { tags: ['SELECT 1'], rows: 1n }, [{ kind: 'output', bytes: table(1).bytes }]),
    query(5, 'oops'),
    response(6, { status: 'error' }, [{ kind: 'error', bytes: failure }]),
    query(7, 'rollback'),
    response(8, { tags: ['ROLLBACK'] }),
    closed(9, 'client-closed', { errors: 1n }),
  ];
  const expected = [
    '-- ci/deploy on orders (postgres), 2026-11-22 03:33:05 UTC',
    '-- session 019b0000-0000-7000-8000-000000000000',
    'orders=> begin',
    'BEGIN',
    'Time: 2.000 ms',
    'orders=*> select',
    'orders-*>   1 as n;',
    ' n ',
    '---',
    ' 0',
    '(1 row)',
    '',
    'Time: 2.000 ms',
    'orders=*> oops',
    'ERROR:  syntax error',
    'LINE 1: oops',
    '        ^',
    'Time: 2.000 ms',
    'orders=!> rollback',
    'ROLLBACK',
    'Time: 2.000 ms',
    '-- closed: client-closed, 12 commands, 1 error',
  ];

  it('looks as in psql', () => {
    expect(lines(rendered(events, { holes: 'show' }))).toEqual(expected);
  });

  it('has the same text in colour, with every attribute ended on its line', () => {
    const coloured = lines(rendered(events, { colour: true }));
    expect(coloured.map((line) => line.replaceAll(/\x1b\[[\d;]*m/g, ''))).toEqual(expected);
    expect(coloured[2]).toBe('\x1b[2morders=> \x1b[0m\x1b[1mbegin\x1b[0m');
    expect(coloured[14]).toBe('\x1b[31mERROR:  syntax error\x1b[0m');
    expect(coloured.at(-1)).toMatch(/^\x1b\[2m-- closed.*\x1b\[0m$/);
  });

  it('says when and after which event each chunk stands', () => {
    const transcript = new Transcript({ target: 'orders', startedAt });
    const chunks = events.flatMap((each) => transcript.render(each));
    expect(chunks.map(({ t, position }) => [t, position])).toEqual(
      events.map((_, position) => [position * 1_000_000, position]),
    );
  });

  it('gives a screen of its last lines', () => {
    const transcript = new Transcript({ target: 'orders', startedAt, colour: false });
    const chunks = events.flatMap((each) => transcript.render(each));
    const screen = tailScreen(chunks, { rows: 3, scrollback: 1 });
    expect(lines(screen)).toEqual(expected.slice(-3));
  });
});

describe('what is missing is shown', () => {
  it('as content that has expired', () => {
    const facts = { kind: 'query', decision: { effect: 'allow' } };
    const command = event(1, { case: 'commandSubmitted', value: facts }, [], ['text', 'binds']);
    expect(lines(rendered([command]))).toEqual(['orders=> [text expired]', '-- [binds expired]']);
    const gone = response(2, { tags: ['SELECT 5'], rows: 5n, outputKept: 99n }, [], ['output']);
    expect(lines(rendered([command, gone])).slice(2)).toEqual([
      'SELECT 5',
      '[output expired]',
      'Time: 2.000 ms',
    ]);
    const error = { code: '42P01', severity: 'ERROR' };
    const failed = response(2, { status: 'error', error, notices: 1 }, [], ['error', 'notice']);
    expect(lines(rendered([command, failed])).slice(2)).toEqual([
      '[notice expired]',
      'ERROR:  [text expired] (42P01)',
      'Time: 2.000 ms',
    ]);
  });

  it('as positions that are left out', () => {
    const events = [query(2, 'select 1'), closed(9, 'client-closed')];
    expect(lines(rendered(events, { holes: 'show' })).filter((line) => /gap/.test(line))).toEqual([
      '-- gap: events 0 to 1 are missing from the record',
      '-- gap: events 3 to 8 are missing from the record',
    ]);
    expect(rendered([query(1, 'x')], { holes: 'show', colour: true })).toContain(
      '\x1b[1;31m-- gap: event 0 is missing from the record\x1b[0m',
    );
  });

  it('as the events say', () => {
    const gap = { fromPosition: 4n, toPosition: 7n, reason: 'spool lost' };
    const limit = { limit: 'capture.perResponse', value: 1000n };
    const events = [
      event(1, { case: 'gap', value: gap }),
      event(2, { case: 'limitReached', value: limit }),
      closed(3, 'terminated', { actor: 'alice', detail: 'wrong database' }),
    ];
    expect(lines(rendered(events))).toEqual([
      '-- gap: events 4 to 7 are missing from the record (spool lost)',
      '-- limit reached: capture.perResponse (1000)',
      '-- closed: terminated by alice (wrong database), 12 commands, 0 errors',
    ]);
    expect(
      lines(rendered(events, { colour: true })).every((line) => line.startsWith('\x1b[1;31m')),
    ).toBe(true);
  });

  it('as rows that were sent but not kept', () => {
    const { bytes, kept } = table(2);
    const value = {
      tags: ['SELECT 7'],
      rows: 7n,
      outputKept: kept,
      sha256: new Uint8Array(),
      hmac: new Uint8Array(32),
    };
    const text = lines(rendered([response(2, value, [{ kind: 'output', bytes }])]));
    expect(text).toContain('… 5 more rows came and are not all recorded (digest only)');
    expect(text).not.toContain('(2 rows)');
  });

  it('but not where masked rows were kept', () => {
    const { bytes, kept } = table(3);
    const facts = { tags: ['SELECT 3'], rows: 3n, outputKept: kept, hmac: new Uint8Array(32) };
    const value = { ...facts, bytes: 24n, masked: [{ type: 'email', count: 3n }] };
    const text = rendered([response(2, value, [{ kind: 'output', bytes }])], { rowsMax: 1 });
    expect(text).toContain('… 2 more rows are recorded (limit of the replay view)');
    expect(text).toContain('-- masked: 3 × email');
  });

  it('as rows that the caller did not load', () => {
    const { bytes, kept } = table(20);
    const value = { tags: ['SELECT 20'], rows: 20n, outputKept: kept };
    const head = bytes.subarray(0, bytes.length - 40);
    const text = lines(rendered([response(2, value, [{ kind: 'output', bytes: head }])]));
    expect(text.at(-3)).toMatch(/^… \d+ more rows are recorded but not at hand/);
  });
});

describe('limits', () => {
  it('stops at rowsMax and says how much more there is', () => {
    const { bytes, kept } = table(8);
    const value = { tags: ['SELECT 95005'], rows: 95_005n, outputKept: kept };
    const command = response(2, value, [{ kind: 'output', bytes }]);
    const text = lines(rendered([query(1, 'x'), command], { rowsMax: 5 }));
    expect(text.slice(-4)).toEqual([
      ' 4',
      '… 95,000 more rows are recorded (limit of the replay view)',
      '',
      'Time: 2.000 ms',
    ]);
  });

  it('hides later results of the same command when the first fills it', () => {
    const { bytes } = table(3);
    const value = { tags: ['SELECT 3', 'SELECT 3', 'SELECT 3'], rows: 9n };
    const contents = [1, 2, 3].map(() => ({ kind: 'output', bytes }));
    const text = rendered([query(1, 'x'), response(2, value, contents)], { rowsMax: 4 });
    expect(lines(text).filter((line) => line.startsWith('…'))).toEqual([
      '… 2 more rows are recorded (limit of the replay view)',
      '… 1 more result recorded (limit of the replay view)',
    ]);
  });

  it('gives a chunk for each batch', () => {
    const { bytes, kept } = table(2_500);
    const value = { tags: ['SELECT 2500'], rows: 2_500n, outputKept: kept };
    const transcript = new Transcript({ target: 'orders', startedAt, colour: false });
    const chunks = transcript.render(response(2, value, [{ kind: 'output', bytes }]));
    expect(chunks).toHaveLength(3);
    expect(chunks[1]?.ansi.split('\r\n')).toHaveLength(1_001);
    expect(chunks[2]?.ansi).toContain('(2500 rows)');
  });

  it('cuts cells, statements and bind lists', () => {
    const bytes = joined([rowDescription([{ name: 'c' }]), dataRow(['x'.repeat(300)])]);
    const contents = [{ kind: 'output', bytes }];
    const cells = rendered([response(2, { tags: ['SELECT 1'], rows: 1n }, contents)]);
    expect(cells).toContain(` ${'x'.repeat(200)}…\r\n`);
    const statement = lines(rendered([query(1, 'y'.repeat(20_010))]));
    expect(statement[1]).toBe('-- … 10 more characters recorded (limit of the replay view)');
    const value = { kind: 'execute', decision: { effect: 'allow' } };
    const binds = bindBytes(
      [],
      Array.from({ length: 500 }, () => 'a value of some length'),
    );
    const execute = event(1, { case: 'commandSubmitted', value }, [
      { kind: 'text', bytes: utf8('insert') },
      { kind: 'binds', bytes: binds },
    ]);
    const line = lines(rendered([execute]))[1] ?? '';
    expect(line.length).toBeLessThan(5 * transcriptLimits.cols + 30);
    expect(line).toMatch(/ … \d+ more$/);
  });

  it('bounds a row of many columns with many lines', () => {
    const columns = Array.from({ length: 1_600 }, (_, index) => ({ name: `c${index}\n` }));
    const row = dataRow(columns.map((_, index) => (index === 0 ? '\n' : 'w').repeat(200)));
    const bytes = joined([rowDescription(columns), row]);
    const value = { tags: ['SELECT 1'], rows: 1n };
    const text = rendered([response(2, value, [{ kind: 'output', bytes }])]);
    expect(text.length).toBeLessThan(transcriptLimits.batchChars * 3);
    expect(text).toContain('\r\n …\r\n(1 row)');
  });

  it('bounds a result of very many wide columns', () => {
    const columns = Array.from({ length: 1_600 }, (_, index) => ({ name: `c${index}` }));
    const row = dataRow(columns.map(() => 'w'.repeat(250)));
    const bytes = joined([rowDescription(columns), row]);
    const rows = Array.from({ length: 99 }, () => ({ kind: 'output', bytes: row }));
    const value = { tags: ['SELECT 100'], rows: 100n };
    const text = rendered([response(2, value, [{ kind: 'output', bytes }, ...rows])]);
    expect(text.length).toBeLessThan(transcriptLimits.responseChars * 1.5);
    expect(text).toMatch(/… \d\d more rows are recorded \(limit of the replay view\)/);
  });
});

describe('commands', () => {
  const allow = { effect: 'allow' };

  it('shows binds by the types of the statement whose text it holds', () => {
    const prepared = (position: number, parameterTypes: number[]) =>
      event(position, { case: 'statementPrepared', value: { name: 's', parameterTypes } });
    const value = { kind: 'execute', statementName: 's', decision: allow };
    const binds = bindBytes([0, 1, 0], ["it's", Uint8Array.of(0, 0, 0, 42), null]);
    const execute = event(3, { case: 'commandSubmitted', value }, [
      { kind: 'text', bytes: utf8('select $1, $2, $3') },
      { kind: 'binds', bytes: binds },
    ]);
    const shown = ['orders=> select $1, $2, $3', "-- $1 = 'it''s', $2 = 42, $3 = NULL"];
    const byName = lines(rendered([prepared(1, [25, 23, 25]), execute]));
    expect(byName).toEqual(shown);
    const [reference] = execute.envelope.contents;
    if (reference !== undefined) reference.heldAtPlusOne = 2n;
    const byPosition = lines(rendered([prepared(1, [25, 23]), prepared(2, [25, 20]), execute]));
    expect(byPosition).toEqual(shown);
    expect(lines(rendered([execute]))[1]).toContain("$2 = '\\x0000002a'");
  });

  it('names the command where its response comes late', () => {
    const tags = ['INSERT 0 1'];
    const events = [
      query(1, 'insert 1'),
      query(2, 'insert 2'),
      response(3, { command: 1n, tags }),
      response(4, { command: 2n, tags }),
    ];
    expect(lines(rendered(events)).filter((line) => line.startsWith('--'))).toEqual([
      '-- response to command 1: insert 1',
    ]);
  });

  it('says what was refused, held and left undone', () => {
    const value = { kind: 'query', decision: { effect: 'deny', rule: 'no-drop' } };
    const held = { effect: 'hold', rule: 'prod' };
    const events = [
      event(1, { case: 'commandSubmitted', value }, [{ kind: 'text', bytes: utf8('drop') }]),
      event(2, { case: 'commandDecided', value: { command: 1n, decision: held } }),
      event(3, { case: 'commandDecided', value: { command: 1n, decision: allow } }),
      event(3, {
        case: 'commandDecided',
        value: { command: 1n, decision: held, outcome: 'refused', actor: 'al\x1b', reason: 'no' },
      }),
      response(4, { command: 1n, status: 'suspended' }),
      query(5, 'x'),
      response(6, { status: 'skipped' }),
      query(7, 'copy t from stdin'),
      response(8, { status: 'cut', inputBytes: 12_345n }),
    ];
    expect(lines(rendered(events)).filter((line) => line.startsWith('--'))).toEqual([
      '-- denied by no-drop',
      '-- held for approval by prod',
      '-- allow',
      '-- refused by al\\x1B: no',
      '-- suspended: the portal has rows left',
      '-- skipped: an earlier command of the same batch failed',
      '-- 12,345 bytes of input',
      '-- cut: the session ended before the response did',
    ]);
  });
});
