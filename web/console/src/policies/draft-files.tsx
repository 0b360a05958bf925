import type { PolicyFileView, PolicyProblemView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { Icon } from '../ui/icons.js';

const mostFiles = 50;

interface DraftFilesProps {
  readonly files: readonly PolicyFileView[];
  readonly onChange: (files: readonly PolicyFileView[]) => void;
  readonly problems: readonly PolicyProblemView[];
  /** Where the writer wants to be led. */
  readonly goTo: PolicyProblemView | undefined;
}

/** The files that are tried, to be edited. */
export function DraftFiles({ files, onChange, problems, goTo }: DraftFilesProps): ReactNode {
  const change = (at: number, more: Partial<PolicyFileView>): void =>
    onChange(files.map((file, index) => (index === at ? { ...file, ...more } : file)));
  const add = (): void =>
    onChange([...files, { name: `policies-${files.length + 1}.cedar`, text: '' }]);
  return (
    <>
      {files.map((file, index) => (
        // Files are known by their place: their names are edited.
        <Draft
          key={`${index + 1}`}
          file={file}
          number={index + 1}
          onChange={(more) => change(index, more)}
          onRemove={
            files.length > 1 ? () => onChange(files.filter((_, at) => at !== index)) : undefined
          }
          isWrong={problems.some((problem) => problem.file === file.name)}
          goTo={goTo?.file === file.name ? goTo : undefined}
        />
      ))}
      {files.length < mostFiles && (
        <UnstyledButton className="text-button" onClick={add}>
          + Add a file
        </UnstyledButton>
      )}
    </>
  );
}

interface DraftProps {
  readonly file: PolicyFileView;
  readonly number: number;
  readonly onChange: (more: Partial<PolicyFileView>) => void;
  readonly onRemove: (() => void) | undefined;
  readonly isWrong: boolean;
  readonly goTo: PolicyProblemView | undefined;
}

function Draft({ file, number, onChange, onRemove, isWrong, goTo }: DraftProps): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (goTo !== undefined && field.current !== null) selectLine(field.current, goTo.line ?? 1);
  }, [goTo]);
  const lines = file.text.split('\n').length;
  return (
    <div className="draft" data-wrong={isWrong}>
      <div className="draft-head">
        <input
          type="text"
          value={file.name}
          aria-label={`Name of file ${number}`}
          spellCheck={false}
          maxLength={200}
          onChange={({ target }) => onChange({ name: target.value })}
        />
        {onRemove !== undefined && (
          <UnstyledButton
            className="text-button"
            onClick={onRemove}
            aria-label={`Remove file ${number}`}
          >
            <Icon name="cross" size={12} />
          </UnstyledButton>
        )}
      </div>
      <textarea
        ref={field}
        value={file.text}
        rows={Math.min(20, Math.max(8, lines + 1))}
        aria-label={`Text of file ${number}`}
        aria-invalid={isWrong}
        placeholder='permit (principal, action in Action::"read", resource);'
        spellCheck={false}
        autoCapitalize="off"
        wrap="off"
        onChange={({ target }) => onChange({ text: target.value })}
      />
    </div>
  );
}

function selectLine(field: HTMLTextAreaElement, line: number): void {
  const before = field.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, { length }) => sum + length + 1, 0);
  const end = field.value.indexOf('\n', start);
  field.focus();
  field.setSelectionRange(start, end === -1 ? field.value.length : end);
}
