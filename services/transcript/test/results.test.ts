import { describe, expect, it } from 'vitest';
import {
  dataRow,
  errorBody,
  event,
  joined,
  lines,
  message,
  query,
  rendered,
  response,
  rowDescription,
  sha256,
  table,
  utf8,
  type ResponseInit,
} from './events.js';

describe('results of prepared statements', () => {
  const columns = [
    { name: 'id', type: 23, format: 'binary' },
    { name: 'item', type: 25, format: 'text' },
  ];

  it('take their columns from the event where the output does not describe them', () => {
    const bytes = dataRow([Uint8Array.of(0, 0, 1, 0), 'tea']);
    const value = { tags: ['SELECT 1'], rows: 1n, columns };
    const text = rendered([query(1, 'x'), response(2, value, [{ kind: 'output', bytes }])]);
    expect(lines(text).slice(1, -2)).toEqual([
      ' id  | item ',
      '-----+------',
      ' 256 | tea',
      '(1 row)',
    ]);
  });

  it('take them from a description of an earlier response', () => {
    const description = rowDescription([{ name: 'n', type: 20, binary: true }]).subarray(5);
    const contents = [
      { kind: 'output', bytes: dataRow([Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0)]) },
      { kind: 'description', bytes: description },
    ];
    const value = { tags: ['SELECT 1'], rows: 1n, columns };
    const text = rendered([query(1, 'x'), response(2, value, contents)]);
    expect(lines(text).slice(1, 4)).toEqual(['  n  ', '-----', ' 256']);
  });

  it('are numbered where nothing does', () => {
    const contents = [{ kind: 'output', bytes: dataRow(['a', null]) }];
    const text = rendered([response(2, { tags: ['SELECT 1'], rows: 1n }, contents)]);
    expect(lines(text)).toContain(' column1 | column2 ');
  });

  it('have a head without rows too, and without any that were kept', () => {
    const shown = (value: ResponseInit) => {
      return lines(rendered([query(1, 'x'), response(2, value)])).slice(1, -1);
    };
    const head = [' id | item ', '----+------'];
    expect(shown({ tags: ['SELECT 0'], columns })).toEqual([...head, '(0 rows)', '']);
    const value = { tags: ['SELECT 9'], rows: 9n, hmac: sha256 };
    const remark = '… 9 rows came and are not recorded (digest only)';
    expect(shown({ ...value, columns })).toEqual([...head, remark, '']);
    expect(shown(value)).toEqual([remark, '']);
    expect(shown({ tags: ['SELECT 3'] })).toEqual(['SELECT 3']);
  });
});

describe('a statement that the target refuses to prepare', () => {
  const text = { kind: 'text', bytes: utf8('select\n nothing') };
  const value = { name: '', parameterTypes: [] };
  const prepared = event(1, { case: 'statementPrepared', value }, [text]);
  const error = { kind: 'error', bytes: errorBody({ S: 'ERROR', M: 'no column', P: '9' }) };
  const shown = [
    'orders=> select',
    'orders->  nothing',
    'ERROR:  no column',
    'LINE 2:  nothing',
    '         ^',
    'Time: 2.000 ms',
  ];

  it('is shown with its error', () => {
    const refused = response(2, { command: 1n, status: 'error' }, [error]);
    expect(lines(rendered([prepared, refused]))).toEqual(shown);
  });

  it('is shown once where a command that runs it stands already', () => {
    const decision = { effect: 'allow' };
    const facts = { kind: 'execute', decision };
    const execute = event(2, { case: 'commandSubmitted', value: facts }, [text]);
    const [reference] = execute.envelope.contents;
    if (reference !== undefined) reference.heldAtPlusOne = 2n;
    const refused = response(3, { command: 1n, status: 'error' }, [error]);
    const skipped = response(4, { command: 2n, status: 'skipped' });
    expect(lines(rendered([prepared, execute, refused, skipped]))).toEqual([
      ...shown,
      '-- skipped: an earlier command of the same batch failed',
    ]);
  });
});

describe('other messages', () => {
  it('show notifications, which belong to no command', () => {
    const body = (payload: string) => [0, 0, 1, 2, ...utf8(`jobs\0${payload}\0`)];
    const bytes = joined([message('A', body('42\x1b')), message('A', body(''))]);
    const value = { command: 0n, offset: 0n };
    const notified = event(5, { case: 'outputCaptured', value }, [{ kind: 'output', bytes }]);
    expect(lines(rendered([notified]))).toEqual([
      'Asynchronous notification "jobs" with payload "42\\x1B" ' +
        'received from server process with PID 258.',
      'Asynchronous notification "jobs" received from server process with PID 258.',
    ]);
    const later = event(6, { case: 'outputCaptured', value: { command: 1n, offset: 32_768n } }, [
      { kind: 'output', bytes },
    ]);
    expect(rendered([later])).toBe('');
  });

  it('show what a function call gave', () => {
    const bytes = message('V', [0, 0, 0, 2, 0xab, 0xcd]);
    const text = rendered([query(1, 'x'), response(2, {}, [{ kind: 'output', bytes }])]);
    expect(lines(text)).toContain('-- function result: \\xabcd');
  });
});

describe('output that is odd', () => {
  it('shows what there is of a row that was cut', () => {
    const { bytes } = { bytes: joined([rowDescription([{ name: 'c' }]), dataRow(['abcdefgh'])]) };
    const value = { tags: ['SELECT 1'], rows: 1n, hmac: sha256 };
    const cutRow = [{ kind: 'output', bytes: bytes.subarray(0, bytes.length - 4) }];
    expect(lines(rendered([response(2, value, cutRow)]))).toContain(' abcd…');
  });

  it('stops at what is no message', () => {
    const { bytes } = table(1);
    const odd = joined([bytes, message('Q', [1, 2, 3]), dataRow(['never'])]);
    const text = rendered([
      response(2, { tags: ['SELECT 1'], rows: 1n }, [{ kind: 'output', bytes: odd }]),
    ]);
    expect(text).toContain('-- the rest of the output is unreadable');
    expect(text).not.toContain('never');
  });

  it('writes binary COPY as hex digits', () => {
    const bytes = joined([message('H', [1, 0, 0]), message('d', [0x50, 0x47, 0xff])]);
    const text = rendered([response(2, { tags: ['COPY 0'] }, [{ kind: 'output', bytes }])]);
    expect(lines(text)).toContain('\\x5047ff');
  });
});
