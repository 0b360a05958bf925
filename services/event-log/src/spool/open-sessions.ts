import { constants, open, readFile, rename, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnfinishedStream } from '../port.js';

const { O_APPEND, O_CREAT, O_WRONLY } = constants;
const FILE = 'open-sessions';
const PRIVATE_FILE = 0o600;
const OPENED = /^\+ (\d+) (\d+) (.+)$/;
const CLOSED = /^- (.+)$/;

/**
 * Sessions whose opening was shipped and whose end was not, with the place of their opening in the
 * log: a file of lines, written before the mark of what was shipped is moved, shortened at each
 * start.
 */
export class OpenSessions {
  private constructor(
    private readonly file: FileHandle,
    private readonly open: Map<string, UnfinishedStream>,
  ) {}

  static async load(directory: string): Promise<OpenSessions> {
    const path = join(directory, FILE);
    const sessions = parse(await readFile(path, 'utf8').catch(() => ''));
    const shortened = `${path}.new`;
    const lines = [...sessions.values()].map(openedLine).join('');
    await writeFile(shortened, lines, { mode: PRIVATE_FILE });
    await rename(shortened, path);
    const file = await open(path, O_APPEND | O_CREAT | O_WRONLY, PRIVATE_FILE);
    return new OpenSessions(file, sessions);
  }

  get all(): readonly UnfinishedStream[] {
    return [...this.open.values()];
  }

  async note(opened: readonly UnfinishedStream[], closed: readonly string[]): Promise<void> {
    for (const session of opened) this.open.set(session.stream, session);
    for (const stream of closed) this.open.delete(stream);
    const lines = [...opened.map(openedLine), ...closed.map((stream) => `- ${stream}\n`)];
    if (lines.length > 0) await this.file.appendFile(lines.join(''));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function openedLine({ stream, partition, offset }: UnfinishedStream): string {
  return `+ ${partition} ${offset} ${stream}\n`;
}

/** A last line that came short is left out: what it says is shipped, and noted, again. */
function parse(text: string): Map<string, UnfinishedStream> {
  const sessions = new Map<string, UnfinishedStream>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [, partition, offset, opened] = OPENED.exec(line) ?? [];
    const [, closed] = CLOSED.exec(line) ?? [];
    if (opened !== undefined) {
      const place = { partition: Number(partition), offset: Number(offset) };
      sessions.set(opened, { stream: opened, ...place });
    }
    if (closed !== undefined) sessions.delete(closed);
  }
  return sessions;
}
