import type { ApprovalView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { countOf } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertText } from '../ui/inert-text.js';
import { copyText } from '../ui/toast.js';

/** The command to the letter, and the values that it would run with. */
export function CommandText({ approval }: { readonly approval: ApprovalView }): ReactNode {
  const { command, alsoRuns = [], binds = [] } = approval;
  return (
    <section aria-label="Command">
      <div className="approval-section-head">
        <h3>Command</h3>
        {command !== null && command !== '' && (
          <>
            <span className="faint">{sizeOf(command)}</span>
            <span className="grow" />
            <UnstyledButton
              className="text-button"
              onClick={() => void copyText(command, 'Command')}
            >
              <Icon name="copy" size={13} /> Copy
            </UnstyledButton>
          </>
        )}
      </div>
      <Text approval={approval} />
      {alsoRuns.length > 0 && <AlsoRuns texts={alsoRuns} />}
      {binds.length > 0 && <Binds binds={binds} />}
    </section>
  );
}

function Text({ approval }: { readonly approval: ApprovalView }): ReactNode {
  const { command, state, kind, calls } = approval;
  if (command === null) {
    return (
      <p className="erased">
        {state === 'waiting'
          ? 'The text is not in the store yet; it appears by itself.'
          : 'The text was erased or has expired.'}
      </p>
    );
  }
  if (command === '') {
    return (
      <p className="erased">
        No text: a {kind}
        {calls.length > 0 && (
          <>
            {' of '}
            <InertText text={calls.join(', ')} isOneLine />
          </>
        )}
        .
      </p>
    );
  }
  return (
    <pre className="approval-text" tabIndex={0} role="region" aria-label="Text of the command">
      <InertText text={command} />
    </pre>
  );
}

/** What the names in it stand for. */
function AlsoRuns({ texts }: { readonly texts: readonly string[] }): ReactNode {
  return (
    <>
      <h4>Runs what was prepared as</h4>
      {texts.map((text) => (
        <pre className="approval-text" key={text}>
          <InertText text={text} />
        </pre>
      ))}
    </>
  );
}

function sizeOf(command: string): string {
  const lines = command.split('\n').length;
  return `${countOf(lines, 'line')}, ${countOf([...command].length, 'character')}`;
}

function Binds({ binds }: { readonly binds: readonly (string | null)[] }): ReactNode {
  return (
    <>
      <h4>Bind values</h4>
      <ol className="binds">
        {binds.map((value, index) => (
          // A parameter's number is what it is known by.
          <li key={`$${index + 1}`}>
            <span className="faint">${index + 1}</span>
            {value === null ? (
              <i className="faint">NULL</i>
            ) : (
              <code>
                <InertText text={value} />
              </code>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
