import { useRef, useState, type PointerEvent } from 'react';
import type { ReplayController } from './replay-controller.js';
import type { TimeAxis } from './time-axis.js';

export interface Hover {
  readonly x: number;
  readonly width: number;
  readonly t: number;
}

interface Scrub {
  readonly hover: Hover | undefined;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: () => void;
    readonly onPointerCancel: () => void;
    readonly onPointerLeave: () => void;
  };
}

/** Click or drag anywhere on the track to go there; what is under the pointer is told. */
export function useScrub(controller: ReplayController, axis: TimeAxis): Scrub {
  const [hover, setHover] = useState<Hover>();
  const dragging = useRef(false);

  const at = (event: PointerEvent<HTMLElement>): Hover => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const x = Math.min(Math.max(0, event.clientX - left), width);
    return { x, width, t: axis.timeAt(width > 0 ? x / width : 0) };
  };
  const drop = (): void => {
    dragging.current = false;
  };
  return {
    hover,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        controller.seek({ kind: 't', t: at(event).t });
      },
      onPointerMove: (event) => {
        const place = at(event);
        setHover(place);
        if (dragging.current) controller.seek({ kind: 't', t: place.t });
      },
      onPointerUp: drop,
      onPointerCancel: drop,
      onPointerLeave: () => setHover(undefined),
    },
  };
}
