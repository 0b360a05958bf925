import { layOut, type Laid } from './printable.js';
import type { StyledLines } from './style.js';

/*
 * psql's aligned format with border 1, from the outside: header centred, cells left or right,
 * a `+` where a cell goes on in the next line. Like psql with FETCH_COUNT it aligns one batch of
 * rows at a time, below one header, so the next batch may have other widths.
 */

export interface TableColumn {
  readonly name: string;
  readonly right: boolean;
}

export interface TableLimits {
  readonly batchRows: number;
  /** A batch is written early where its lines would exceed this together. */
  readonly batchChars: number;
}

export class AlignedTable {
  private readonly headers: readonly Laid[];
  private readonly right: readonly boolean[];
  private readonly names: readonly number[];
  private rows: Laid[][] = [];
  private widths: number[];
  private linesHeld = 0;
  private headerDone = false;

  constructor(
    columns: readonly TableColumn[],
    private readonly limits: TableLimits,
    private readonly out: StyledLines,
  ) {
    this.headers = columns.map(({ name }) => layOut(name));
    this.right = columns.map(({ right }) => right);
    this.names = this.headers.map(({ width }) => width);
    this.widths = [...this.names];
  }

  /** One text per column; writes the batch when it is full. Says whether it did. */
  add(cells: readonly string[]): boolean {
    const row = this.headers.map((_, index) => layOut(cells[index] ?? ''));
    this.rows.push(row);
    let height = 1;
    for (const [index, cell] of row.entries()) {
      this.widths[index] = Math.max(this.widths[index] ?? 0, cell.width);
      height = Math.max(height, cell.lines.length);
    }
    this.linesHeld += height;
    const full =
      this.rows.length >= this.limits.batchRows ||
      this.linesHeld * this.lineChars() > this.limits.batchChars;
    if (full) this.flush();
    return full;
  }

  /** Writes what is held; the header too, where it is not out yet. */
  flush(): void {
    if (!this.headerDone) this.writeHeader();
    this.headerDone = true;
    for (const row of this.rows) this.writeRow(row);
    this.rows = [];
    this.linesHeld = 0;
    this.widths = [...this.names];
  }

  private writeHeader(): void {
    const heights = this.headers.map(({ lines }) => lines.length);
    const height = Math.max(0, ...heights);
    const shown = Math.min(height, this.linesMax());
    for (let line = 0; line < shown; line += 1) {
      const cells = this.headers.map((header, index) => {
        const text = header.lines[line] ?? '';
        const space = (this.widths[index] ?? 0) - (header.widths[line] ?? 0);
        const left = Math.floor(space / 2);
        const mark = line + 1 < header.lines.length ? '+' : ' ';
        return ` ${' '.repeat(left)}${text}${' '.repeat(space - left)}${mark}`;
      });
      this.out.line(cells.join('|'));
    }
    this.out.line(`-${this.widths.map((width) => '-'.repeat(width)).join('-+-')}-`);
  }

  private writeRow(row: readonly Laid[]): void {
    const height = row.reduce((most, cell) => Math.max(most, cell.lines.length), 0);
    const shown = Math.min(height, this.linesMax());
    for (let line = 0; line < shown; line += 1) {
      const cells = row.map((cell, index) => this.cellLine(cell, index, line));
      this.out.line(cells.join('|'));
    }
    if (shown < height) this.out.line(' …');
  }

  /** Many columns, all of many lines, would make even one row too long to show. */
  private linesMax(): number {
    return Math.max(1, Math.floor(this.limits.batchChars / this.lineChars()));
  }

  private lineChars(): number {
    return this.widths.reduce((sum, width) => sum + width + 3, 1);
  }

  /** The last column is padded only where a mark or an alignment to the right asks for it. */
  private cellLine(cell: Laid, index: number, line: number): string {
    const last = index === this.headers.length - 1;
    const width = this.widths[index] ?? 0;
    const text = cell.lines[line];
    if (text === undefined) return last ? ' ' : ` ${' '.repeat(width)} `;
    const space = ' '.repeat(width - (cell.widths[line] ?? 0));
    const goesOn = line + 1 < cell.lines.length;
    const mark = goesOn ? '+' : last ? '' : ' ';
    if (this.right[index] === true) return ` ${space}${text}${mark}`;
    return last && !goesOn ? ` ${text}` : ` ${text}${space}${mark}`;
  }
}
