import type { CommandView } from '@steno/proto';

export interface CommandFilter {
  readonly text: string;
  readonly errorsOnly: boolean;
}

export const failed = ({ errorCode, status }: CommandView): boolean =>
  errorCode !== null || status === 'error' || status === 'denied';

/** Every word must occur in the text, the tags, the error or the status. */
export function matches(command: CommandView, { text, errorsOnly }: CommandFilter): boolean {
  if (errorsOnly && !failed(command)) return false;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { tags, errorCode, errorMessage, status } = command;
  const hay = [command.text, tags.join(' '), errorCode, errorMessage, status]
    .join(' ')
    .toLowerCase();
  return words.every((word) => hay.includes(word));
}
