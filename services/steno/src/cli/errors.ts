import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';

interface CliErrorEntry {
  readonly code: `STENO-1${number}`;
  readonly message: string;
  readonly hint: string;
  readonly exit: ExitCode;
}

/** Errors of the command line; docs/errors.md, "Command line", has an entry for each. */
export const CLI_ERRORS = {
  usage: {
    code: 'STENO-1001',
    message: 'The command line is not understood.',
    hint: 'See `steno help` and `steno help VERB`.',
    exit: EXIT.usage,
  },
  config: {
    code: 'STENO-1002',
    message: 'The configuration cannot be used.',
    hint: 'Correct the lines above; docs/steno.schema.json tells editors what is allowed.',
    exit: EXIT.usage,
  },
  'not-running': {
    code: 'STENO-1003',
    message: 'This needs a running `steno up`, and none has been started on this data directory.',
    hint: 'Start `steno up`, point --config at its steno.yaml, or set STENO_URL and STENO_TOKEN.',
    exit: EXIT.notRunning,
  },
  unreachable: {
    code: 'STENO-1004',
    message: 'This needs a running `steno up`, and it does not answer.',
    hint: 'Start `steno up`, or check STENO_URL.',
    exit: EXIT.notRunning,
  },
  refused: {
    code: 'STENO-1005',
    message: 'Steno refused.',
    hint: 'The code that it gave is explained in docs/errors.md.',
    exit: EXIT.refused,
  },
  'strange-answer': {
    code: 'STENO-1006',
    message: 'The answer is not one of Steno.',
    hint: 'Check that STENO_URL is the address that `steno up` printed as its console.',
    exit: EXIT.failed,
  },
  'secret-not-set': {
    code: 'STENO-1007',
    message: 'An environment variable that the configuration refers to is not set.',
    hint: 'Set it for the process that runs `steno up`.',
    exit: EXIT.usage,
  },
  'secret-unreadable': {
    code: 'STENO-1008',
    message: 'A file that the configuration refers to for a secret cannot be used.',
    hint: 'It must be readable, not empty, and at most 64 KiB.',
    exit: EXIT.usage,
  },
  'issuer-key-exposed': {
    code: 'STENO-1009',
    message: 'The key of the development issuer can be read by others.',
    hint: 'Delete it if it may have been read (a new one is made), else chmod 600 it.',
    exit: EXIT.failed,
  },
  'issuer-key-damaged': {
    code: 'STENO-1010',
    message: 'The key of the development issuer cannot be used.',
    hint: 'Delete the file; a new key is made, and tokens of the old one stop working.',
    exit: EXIT.failed,
  },
  'no-development-issuer': {
    code: 'STENO-1011',
    message: 'There is no development issuer, because steno.yaml has `issuers`.',
    hint: 'Get a token from one of them; for a running `steno up --demo` say `steno token --demo`.',
    exit: EXIT.usage,
  },
  'replay-broken': {
    code: 'STENO-1012',
    message: 'The replay ended before its end.',
    hint: 'Run it again; `steno events SESSION` shows what is recorded.',
    exit: EXIT.failed,
  },
  'too-open': {
    code: 'STENO-1013',
    message: 'A file that holds a token can be read by others.',
    hint: 'chmod 600 it, and restart `steno up` to get a new token.',
    exit: EXIT.failed,
  },
  'run-file-damaged': {
    code: 'STENO-1014',
    message: 'A file in the data directory cannot be used.',
    hint: 'Restart `steno up`; it writes the file anew.',
    exit: EXIT.failed,
  },
  'failed-there': {
    code: 'STENO-1015',
    message: 'Steno could not answer.',
    hint: 'Try again; `steno doctor` and the log of `steno up` say more.',
    exit: EXIT.failed,
  },
  'key-exposed': {
    code: 'STENO-1016',
    message: 'A file that holds keys or passwords can be read by others.',
    hint: 'chmod 600 it; if it may have been read, the installation must be made anew.',
    exit: EXIT.failed,
  },
  'keys-damaged': {
    code: 'STENO-1017',
    message: 'A key of this installation cannot be used.',
    hint: 'Restore the keys folder of the data directory from its backup.',
    exit: EXIT.failed,
  },
  'other-installation': {
    code: 'STENO-1018',
    message: 'The event log was written by another installation than the keys belong to.',
    hint: 'Restore log and keys of the data directory from the same backup.',
    exit: EXIT.failed,
  },
  'already-running': {
    code: 'STENO-1019',
    message: 'Another `steno up` runs on this data directory.',
    hint: 'Stop it, or choose another directory with `data:` in steno.yaml.',
    exit: EXIT.failed,
  },
  'cannot-start': {
    code: 'STENO-1020',
    message: 'Steno could not start.',
    hint: 'The lines above say why; `steno doctor` checks the machine and the configuration.',
    exit: EXIT.failed,
  },
  'demo-off-loopback': {
    code: 'STENO-1021',
    message: 'The development issuer is refused where a gateway listens off loopback.',
    hint: 'Listen on 127.0.0.1, or configure `issuers` and leave --demo out.',
    exit: EXIT.usage,
  },
  'no-installation': {
    code: 'STENO-1022',
    message: 'There is no recording in this data directory.',
    hint: 'Point --config at the steno.yaml of the installation; `steno up` makes a new one.',
    exit: EXIT.failed,
  },
  'address-taken': {
    code: 'STENO-1023',
    message: 'Steno cannot listen where the configuration says.',
    hint: 'Stop the program that listens there, or choose another address; port 0 is any free one.',
    exit: EXIT.failed,
  },
  'data-unusable': {
    code: 'STENO-1024',
    message: 'The data directory cannot be used.',
    hint: 'Point `data` in steno.yaml to a folder that Steno may write to; its path must be short.',
    exit: EXIT.failed,
  },
  'file-unreadable': {
    code: 'STENO-1025',
    message: 'A file that the configuration refers to cannot be read.',
    hint: 'Correct its path in steno.yaml, or who may read it.',
    exit: EXIT.usage,
  },
  'store-unavailable': {
    code: 'STENO-1026',
    message: 'ClickHouse does not answer, or not as it should.',
    hint: 'Its log is store/server.log in the data directory; `steno doctor` checks the machine.',
    exit: EXIT.failed,
  },
  'store-empty': {
    code: 'STENO-1027',
    message: 'ClickHouse does not have the tables of Steno.',
    hint: '`steno rebuild` makes them anew from the event log.',
    exit: EXIT.failed,
  },
  'store-ahead': {
    code: 'STENO-1029',
    message: 'ClickHouse was filled from a longer event log than this one.',
    hint: 'If this log is the one to keep, run `steno rebuild`; else restore the other one.',
    exit: EXIT.failed,
  },
  'kafka-unavailable': {
    code: 'STENO-1030',
    message: 'Kafka does not answer, or not as it should.',
    hint: 'Check `log.kafka` in steno.yaml, that its brokers run, and what its user may do.',
    exit: EXIT.failed,
  },
  'instance-running': {
    code: 'STENO-1031',
    message: 'Another process of this name runs on this data directory.',
    hint: 'Stop it, or give this one another name by --instance.',
    exit: EXIT.failed,
  },
  'no-keys': {
    code: 'STENO-1032',
    message: 'There are no keys of the installation.',
    hint: '`steno keys create FILE` makes them, once; `keys.root` names them for every process.',
    exit: EXIT.usage,
  },
  'needs-kafka': {
    code: 'STENO-1033',
    message: 'The parts of Steno run as processes of their own with Kafka alone.',
    hint: 'Configure `log.kafka` in steno.yaml, or run `steno up`, which has its own log.',
    exit: EXIT.usage,
  },
  'needs-store': {
    code: 'STENO-1034',
    message: 'There is no ClickHouse for a process of its own.',
    hint: 'Configure `store` in steno.yaml; the embedded one is a part of `steno up`.',
    exit: EXIT.usage,
  },
  'no-spool': {
    code: 'STENO-1035',
    message: 'No spool of this instance lies in this data directory.',
    hint: 'Mount the volume of that instance; its name is what --instance was when it ran.',
    exit: EXIT.failed,
  },
  'projectors-at-work': {
    code: 'STENO-1036',
    message: 'Projectors are still at work on other machines; the old tables are in place.',
    hint: 'Stop them and run it again: while they insert, tables cannot be exchanged.',
    exit: EXIT.failed,
  },
  'end-not-recorded': {
    code: 'STENO-1037',
    message: 'What happened last could not be recorded before the end, and is lost.',
    hint: 'The last sessions are shown as failed; look at the disk of the data directory.',
    exit: EXIT.failed,
  },
  'log-unreadable': {
    code: 'STENO-1028',
    message: 'The event log cannot be read.',
    hint: 'Restore the log folder of the data directory from its backup.',
    exit: EXIT.failed,
  },
  'broken-off': {
    code: 'STENO-1038',
    message: 'The answer broke off before its end.',
    hint: 'Run it again; the log of `steno up` says what happened there.',
    exit: EXIT.failed,
  },
  'not-written': {
    code: 'STENO-1039',
    message: 'The file cannot be written.',
    hint: 'Choose another by --out; one that was there is as it was.',
    exit: EXIT.failed,
  },
  'not-unsealed': {
    code: 'STENO-1041',
    message: 'A sealed credential cannot be opened.',
    hint: 'Set it anew by `steno credential set NAME`, or bring back the file of its key.',
    exit: EXIT.failed,
  },
  'no-credential-key': {
    code: 'STENO-1040',
    message: 'There is no key to seal credentials with.',
    hint: 'Copy the .pub beside `credentials.key` of the gateway here, or run this there.',
    exit: EXIT.failed,
  },
  'webhook-url-refused': {
    code: 'STENO-1050',
    message: 'What approvals.webhook.url refers to is no https URL.',
    hint: 'Put one there; http is for loopback alone.',
    exit: EXIT.usage,
  },
} as const satisfies Record<string, CliErrorEntry>;

export type CliErrorName = keyof typeof CLI_ERRORS;

/** An error that the user is shown, with what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly hint: string;
  readonly exit: ExitCode;

  /** @param detail what exactly, where the catalogue's sentence alone does not say it */
  constructor(
    readonly catalogued: CliErrorName,
    readonly detail = '',
  ) {
    const entry = CLI_ERRORS[catalogued];
    super(detail === '' ? entry.message : `${entry.message} ${detail}`);
    this.code = entry.code;
    this.hint = entry.hint;
    this.exit = entry.exit;
  }
}
