import { Fragment, memo, type ReactNode } from 'react';
import { inertPieces } from './inert.js';

interface InertTextProps {
  readonly text: string;
  /** Line ends are written out as well. */
  readonly isOneLine?: boolean;
}

/** Recorded text, in the order in which it stands there; what cannot be seen is written out. */
export const InertText = memo(function InertText(props: InertTextProps): ReactNode {
  const { text, isOneLine = false } = props;
  return (
    <bdo dir="ltr" className="inert">
      {inertPieces(text, isOneLine).map((piece, index) => {
        // A text changes as a whole, so a piece is known by its place.
        const key = index;
        return piece.isWrittenOut ? (
          <mark key={key} className="written-out" title="Written out: it could not be seen">
            {piece.text}
          </mark>
        ) : (
          <Fragment key={key}>{piece.text}</Fragment>
        );
      })}
    </bdo>
  );
});

/** A name: of an identity, a table, a person. */
export function InertName({ name }: { readonly name: string }): ReactNode {
  return <InertText text={name} isOneLine />;
}
