import { useEffect, useLayoutEffect, useState, type RefObject } from 'react';
import type { ReplayController } from './replay-controller.js';
import { ScreenModel } from './screen-model.js';
import { ScreenPainter } from './screen-painter.js';

export interface ScreenGrid {
  readonly cols: number;
  readonly rows: number;
  /** Lines with the scrollback. */
  readonly lines: number;
}

const firstGrid: ScreenGrid = { cols: 120, rows: 36, lines: 36 };

const calmMs = 350;

interface ScreenElements {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly spacer: RefObject<HTMLDivElement | null>;
  readonly rows: RefObject<HTMLDivElement | null>;
}

/** Keeps the painted screen in step with the replay and with the reader's scrolling. */
export function useScreen(
  controller: ReplayController,
  { scroller, spacer, rows }: ScreenElements,
  lineHeight: number,
): ScreenGrid {
  const [grid, setGrid] = useState(firstGrid);
  const [model] = useState(() => new ScreenModel());

  useEffect(() => {
    const detach = controller.attach(model);
    return detach;
  }, [controller, model]);

  useLayoutEffect(() => {
    const view = scroller.current;
    if (view === null || rows.current === null) return;
    const painter = new ScreenPainter(rows.current);
    let atBottom = true;
    let generation = 0;
    let frame = 0;
    const paint = (): void => {
      frame = 0;
      const contents = model.contents();
      if (contents === undefined) return;
      const { buffer, cols, rows: visible } = contents;
      // Another moment is read from its end; the same one from where the reader is.
      if (generation !== model.generation) atBottom = true;
      generation = model.generation;
      const lines = buffer.baseY + visible;
      setGrid((old) =>
        old.cols === cols && old.rows === visible && old.lines === lines
          ? old
          : { cols, rows: visible, lines },
      );
      if (spacer.current !== null) spacer.current.style.height = `${lines * lineHeight}px`;
      if (atBottom) view.scrollTop = buffer.baseY * lineHeight;
      const top = atBottom
        ? buffer.baseY
        : Math.min(Math.floor(view.scrollTop / lineHeight), buffer.baseY);
      if (rows.current !== null) rows.current.style.top = `${top * lineHeight}px`;
      painter.paint(contents, top);
    };
    const calm = matchMedia('(prefers-reduced-motion: reduce)');
    let painted = 0;
    const inTime = (now: number): void => {
      // Recorded flashing stays below three times a second for who asked for less motion.
      if (calm.matches && now - painted < calmMs) {
        frame = requestAnimationFrame(inTime);
        return;
      }
      painted = now;
      paint();
    };
    const schedule = (): void => {
      if (frame === 0) frame = requestAnimationFrame(inTime);
    };
    const onScroll = (): void => {
      const base = model.contents()?.buffer.baseY ?? 0;
      atBottom = view.scrollTop >= base * lineHeight - lineHeight / 2;
      schedule();
    };
    model.onChange = schedule;
    view.addEventListener('scroll', onScroll, { passive: true });
    paint();
    return () => {
      cancelAnimationFrame(frame);
      model.onChange = () => undefined;
      view.removeEventListener('scroll', onScroll);
      rows.current?.replaceChildren();
    };
  }, [model, scroller, spacer, rows, lineHeight]);

  return grid;
}
