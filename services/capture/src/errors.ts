/** Why what an operator asked for was refused; docs/errors.md, "Capture", has an entry for each. */
const CAPTURE_ERRORS = {
  'policies-too-large': {
    code: 'STENO-4070',
    message: 'the policies are too large to be recorded',
    hint: 'Names and texts of the files have 56 KiB together: shorten them.',
  },
} as const satisfies Record<string, CaptureErrorEntry>;

interface CaptureErrorEntry {
  readonly code: `STENO-40${number}`;
  readonly message: string;
  readonly hint: string;
}

/** Refused, and nothing was changed. */
export class CaptureError extends Error {
  constructor(name: keyof typeof CAPTURE_ERRORS) {
    const { code, message, hint } = CAPTURE_ERRORS[name];
    super(`${message} (${code}). ${hint}`);
  }
}
