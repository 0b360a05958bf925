import { memo, type ReactNode } from 'react';
import { InertText } from '../ui/inert-text.js';
import { cedarPieces } from './cedar-pieces.js';

/** A line of Cedar in colours; what cannot be seen is written out. */
export const CedarLine = memo(function CedarLine({ text }: { readonly text: string }): ReactNode {
  return (
    <code>
      {cedarPieces(text).map((piece, index) => (
        // A line changes as a whole, so a piece is known by its place.
        <span key={`${index} ${piece.kind}`} data-cedar={piece.kind}>
          <InertText text={piece.text} />
        </span>
      ))}
    </code>
  );
});
