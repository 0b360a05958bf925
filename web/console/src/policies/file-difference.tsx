import { UnstyledButton } from '@mantine/core';
import { Fragment, useMemo, useState, type ReactNode } from 'react';
import { countOf } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { CedarLine } from './cedar-line.js';
import { folded, lineDifference, type DiffLine, type Fold } from './line-difference.js';

interface FileDifferenceProps {
  readonly name: string;
  /** Undefined: it was, or is, not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What became different in a file, line by line. */
export function FileDifference({ name, before, after }: FileDifferenceProps): ReactNode {
  const lines = useMemo(() => lineDifference(before ?? '', after ?? ''), [before, after]);
  const count = (kind: DiffLine['kind']): number =>
    lines.filter((line) => line.kind === kind).length;
  const [added, gone] = [count('new'), count('gone')];
  const isSame = added + gone === 0 && (before === undefined) === (after === undefined);
  return (
    <section className="policy-file" aria-label={name}>
      <div className="policy-file-head">
        <h3>
          <InertName name={name} />
        </h3>
        {before === undefined && <span className="badge">New file</span>}
        {after === undefined && <span className="badge">Removed file</span>}
        <span className="faint">
          {isSame ? 'the same' : `${countOf(added, 'line')} more, ${countOf(gone, 'line')} less`}
        </span>
      </div>
      {!isSame && (
        <div className="policy-text" tabIndex={0} role="region" aria-label={`Changes of ${name}`}>
          <table>
            <tbody>
              {folded(lines).map((part) =>
                part.kind === 'fold' ? (
                  <FoldedLines key={`fold ${part.lines[0]?.after ?? 0}`} fold={part} />
                ) : (
                  <Line key={`${part.before ?? ''} ${part.after ?? ''}`} line={part} />
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const signs = { same: ' ', gone: '−', new: '+' } as const;
const words = { same: undefined, gone: 'removed', new: 'added' } as const;

function Line({ line: { kind, text, before, after } }: { readonly line: DiffLine }): ReactNode {
  return (
    <tr data-change={kind}>
      <td className="line-number">{before}</td>
      <td className="line-number">{after}</td>
      <td className="line-sign">
        <span aria-hidden="true">{signs[kind]}</span>
        {words[kind] !== undefined && <span className="visually-hidden">{words[kind]}</span>}
      </td>
      <td>
        <CedarLine text={text} />
      </td>
    </tr>
  );
}

function FoldedLines({ fold: { lines } }: { readonly fold: Fold }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) {
    return (
      <>
        {lines.map((line) => (
          <Fragment key={line.after}>
            <Line line={line} />
          </Fragment>
        ))}
      </>
    );
  }
  return (
    <tr className="fold">
      <td colSpan={4}>
        <UnstyledButton className="text-button" onClick={() => setOpen(true)}>
          {countOf(lines.length, 'line')} the same
        </UnstyledButton>
      </td>
    </tr>
  );
}
