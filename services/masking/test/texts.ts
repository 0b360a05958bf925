import fc from 'fast-check';

/** Texts in which values, what looks like them and what stands around them follow each other. */
export const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['bob@example.com', '+49 30 901820', '4111 1111 1111 1111', '12/29 123'],
        ...[
          'DE89370400440532013000',
          '536-90-4399',
          'password=hunter2',
          'api_key:',
          'tel: 0301234567',
        ],
        ...[
          'postgres://u:pw@h/x',
          'Authorization: Bearer abcdefgh12345678',
          'Cookie: sid=abcdef123456',
        ],
        ...[
          '2024-05-01 10:00:00+00',
          '10.0.0.1',
          'git@github.com:a/b.git',
          '"',
          "'",
          '\\',
          '=',
          ':',
        ],
        ...['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', '00', '--', '\n', '\t'],
        ...["PASSWORD 'x1'", '--password x1', 'eyJ', '«', '\ud83d\ude00', '{"a":', '}', '4111'],
      ),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 40 },
  )
  .chain((parts) => fc.constantFrom('', ' ', '\n').map((gap) => parts.join(gap)));
