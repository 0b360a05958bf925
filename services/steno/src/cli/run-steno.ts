import { Command, CommanderError } from 'commander';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT, EXIT_HELP } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { OutputClosed } from './output.js';
import { VERBS } from './verbs.js';
import { stenoVersion } from './version.js';

/** Runs one command line, without the program's own name, and gives its exit code. */
export async function runSteno(args: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = makeProgram();
  for (const define of VERBS) define(program, context, (found) => (code = found));
  const text: string[] = [];
  const output = { writeOut: (part: string) => text.push(part), outputError: () => undefined };
  for (const command of [program, ...program.commands]) command.configureOutput(output);
  try {
    try {
      if (args.length === 0) program.outputHelp();
      else await program.parseAsync(args, { from: 'user' });
    } finally {
      if (text.length > 0) await context.out.write(text.join(''));
    }
    return args.length === 0 ? EXIT.usage : code;
  } catch (error) {
    return report(error, context, args.includes('--json'));
  }
}

function makeProgram(): Command {
  return new Command('steno')
    .description('Records and replays what non-human identities do to databases.')
    .version(stenoVersion(), '-V, --version', 'print the version')
    .helpCommand('help [verb]', 'print what a verb does and takes')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', `\n${EXIT_HELP}\n\nSTENO_URL and STENO_TOKEN reach another Steno.`);
}

async function report(error: unknown, context: Context, json: boolean): Promise<ExitCode> {
  if (error instanceof OutputClosed) return EXIT.done;
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  const shown = toCliError(error);
  if (shown === undefined) {
    // Not foreseen: the stack is what helps.
    await context.err.line(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.failed;
  }
  const { code, message, hint, exit } = shown;
  if (json) await context.err.json({ error: { code, message, hint } });
  else {
    await context.err.line(`steno: ${context.err.paint('red', code)} ${message}`);
    await context.err.line(`  ${hint}`);
  }
  return exit;
}

function toCliError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (!(error instanceof CommanderError)) return undefined;
  const message = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  return new CliError('usage', `${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
}
