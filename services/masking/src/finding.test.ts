import { describe, expect, it } from 'vitest';
import { type Finding, settle } from './finding.js';

const at = (type: Finding['type'], start: number, end: number): Finding => ({ type, start, end });

describe('findings that overlap', () => {
  it('leave the longest', () => {
    expect(settle([at('email', 4, 9), at('password', 0, 12)])).toEqual([at('password', 0, 12)]);
  });

  it('leave the most specific of the same length', () => {
    expect(settle([at('password', 0, 9), at('vcs-token', 0, 9)])).toEqual([at('vcs-token', 0, 9)]);
  });

  it('leave nothing unmasked that any of them covered', () => {
    expect(settle([at('email', 0, 6), at('password', 4, 20), at('phone', 18, 24)])).toEqual([
      at('email', 0, 4),
      at('password', 4, 20),
      at('phone', 20, 24),
    ]);
  });

  it('are split around what stands in their middle', () => {
    expect(settle([at('phone', 0, 4), at('email', 2, 12), at('card', 10, 21)])).toEqual([
      at('phone', 0, 2),
      at('email', 2, 10),
      at('card', 10, 21),
    ]);
    expect(settle([at('card', 0, 20), at('email', 18, 30), at('phone', 17, 24)])).toEqual([
      at('card', 0, 20),
      at('email', 20, 30),
    ]);
  });

  it('are put in order and kept where they only touch', () => {
    expect(settle([at('email', 6, 9), at('email', 0, 6)])).toEqual([
      at('email', 0, 6),
      at('email', 6, 9),
    ]);
  });
});
