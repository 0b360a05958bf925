import { findPlain, findWhole } from './find.js';
import { maskingLimits } from './limits.js';
import { type MaskCounts, type MaskRules, replaceFindings } from './mask-text.js';
import type { Tokens } from './tokens.js';
import { decideWindow, reach, type WindowSize } from './windows.js';

/**
 * Masks a text that comes in chunks, as maskText would mask it whole: wherever the chunks end, the
 * same values are found, as long as each is shorter than `maskingLimits.valueLength`. It holds
 * back at most four times that and the context before it. It is NOT for values that a column masks
 * whole.
 */
export class MaskStream {
  readonly counts: MaskCounts = {};
  private readonly rules: MaskRules;
  readonly tokens: Tokens;
  private readonly size: WindowSize;
  /** Context that is decided already, then what is not. */
  private text = '';
  private from = 0;
  private isFirst = true;

  constructor(rules: Omit<MaskRules, 'column'>, tokens: Tokens, size: WindowSize = maskingLimits) {
    this.rules = rules;
    this.tokens = tokens;
    this.size = size;
  }

  /** What can be passed on after this chunk; often nothing. */
  push(chunk: string): string {
    this.text += chunk;
    let masked = '';
    while (this.text.length - this.from > this.windowLength) masked += this.step(false);
    return masked;
  }

  /** The rest. */
  end(): string {
    return this.text.length === 0 ? '' : this.step(true);
  }

  private get windowLength(): number {
    return reach * this.size.valueLength;
  }

  private step(isLast: boolean): string {
    const { text, from, rules, isFirst } = this;
    const window = text.slice(0, from + this.windowLength);
    const find = (part: string) =>
      isFirst && isLast ? findWhole(part, rules.types) : findPlain(part, rules.types);
    const { findings, decided } = decideWindow(window, { from, isLast, find }, this.size);
    const moved = findings.map((finding) => ({
      ...finding,
      start: finding.start - from,
      end: finding.end - from,
    }));
    const context = Math.max(0, decided - this.size.contextLength);
    this.text = text.slice(context);
    this.from = decided - context;
    this.isFirst = false;
    return replaceFindings(text.slice(from, decided), moved, this);
  }
}
