import type { Output } from './output.js';
import type { Colour } from './output.js';
import { cut, visible } from './visible.js';

export interface Column<T> {
  readonly title: string;
  readonly of: (item: T) => string | number;
  readonly right?: true;
  readonly colour?: (item: T) => Colour | undefined;
}

const GAP = '  ';

/**
 * Prints rows as they come, aligned by the widths of the first batch. Values are made safe to
 * print; on a terminal the last column is cut at its edge.
 */
export class Table<T> {
  readonly #out: Output;
  readonly #columns: readonly Column<T>[];
  #widths: readonly number[] | undefined;

  constructor(out: Output, columns: readonly Column<T>[]) {
    this.#out = out;
    this.#columns = columns;
  }

  /** Prints a batch; the first one decides the widths. */
  async print(items: readonly T[]): Promise<void> {
    const rows = items.map((item) => this.#columns.map(({ of }) => visible(String(of(item)))));
    if (this.#widths === undefined) {
      this.#widths = this.#columns.map(({ title }, index) =>
        Math.max(title.length, ...rows.map((row) => [...(row[index] ?? '')].length)),
      );
      const titles = this.#columns.map(({ title }) => title);
      await this.#out.line(this.#out.paint('bold', this.#format(titles)));
    }
    for (const [index, row] of rows.entries())
      await this.#out.line(this.#format(row, items[index]));
  }

  #format(row: readonly string[], item?: T): string {
    let room = this.#out.columns;
    return row
      .map((text, index) => {
        const isLast = index === row.length - 1;
        const width = this.#widths?.[index] ?? 0;
        const padding = ' '.repeat(Math.max(0, width - [...text].length));
        const column = this.#columns[index];
        const shown = isLast ? cut(text, Math.max(1, room)) : text;
        room -= Math.max(width, text.length) + GAP.length;
        const colour = item === undefined ? undefined : column?.colour?.(item);
        const painted = colour === undefined ? shown : this.#out.paint(colour, shown);
        if (column?.right) return padding + painted;
        return isLast ? painted : painted + padding;
      })
      .join(GAP);
  }
}
