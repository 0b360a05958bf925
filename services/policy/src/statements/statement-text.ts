import { shapeOf } from './shape.js';

/** The text of a statement, which may be ruled on many times; its shape is looked for once. */
export class StatementText {
  private found: string | undefined;

  constructor(readonly text: string) {}

  /** The same for all texts that are ruled on alike: what is known of a shape is known of them. */
  get key(): string {
    this.found ??= shapeOf(this.text) ?? this.text;
    return this.found;
  }
}
