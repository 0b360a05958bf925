import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { ReplayController } from './replay-controller.js';
import { useElementSize, type Size } from './use-element-size.js';
import { useScreen, type ScreenGrid } from './use-screen.js';

const smallest = 7;
const biggest = 18;
const lineRatio = 1.36;
const measured = 100;
/** Room for a thin scroll bar. */
const scrollBar = 12;

/** The recorded screen, as big as its place lets it be. */
export function ScreenView({ controller }: { readonly controller: ReplayController }): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const ruler = useRef<HTMLSpanElement>(null);
  const size = useElementSize(frame);
  const [advance, setAdvance] = useState(0.6);
  const [lineHeight, setLineHeight] = useState(16);
  const grid = useScreen(controller, { scroller, spacer, rows }, lineHeight);

  useLayoutEffect(() => {
    const measure = (): void => {
      const width = ruler.current?.getBoundingClientRect().width ?? 0;
      // The ruler is written in 10 px.
      if (width > 0) setAdvance(width / measured / 10);
    };
    measure();
    void document.fonts.ready.then(measure);
  }, []);

  const fontSize = fit(size, grid, advance);
  useLayoutEffect(() => {
    setLineHeight(Math.round(fontSize * lineRatio));
  }, [fontSize]);

  return (
    <div className="steno-screen-frame" ref={frame}>
      <span className="steno-ruler" ref={ruler} aria-hidden="true">
        {'0'.repeat(measured)}
      </span>
      <div
        className="steno-screen"
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label="Recorded screen"
        style={{
          fontSize,
          lineHeight: `${lineHeight}px`,
          width: Math.ceil(grid.cols * advance * fontSize) + scrollBar,
          height: grid.rows * lineHeight,
        }}
      >
        <div ref={spacer} />
        <div className="steno-rows" ref={rows} />
      </div>
    </div>
  );
}

/** The font size at which the grid fills its place. */
function fit({ width, height }: Size, { cols, rows }: ScreenGrid, advance: number): number {
  if (width === 0) return 12;
  const byWidth = (width - scrollBar - 1) / (cols * advance);
  const byHeight = height > 0 ? height / rows / lineRatio : Infinity;
  const best = Math.min(byWidth, byHeight, biggest);
  return Math.max(smallest, Math.floor(best * 4) / 4);
}
