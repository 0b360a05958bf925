/** A string of JSON, by the place of its content. */
export interface Leaf {
  readonly start: number;
  readonly end: number;
  readonly isEscaped: boolean;
}

interface Frame {
  readonly isObject: boolean;
  readonly key: string | undefined;
  isSecret: boolean;
  readonly values: Leaf[];
}

/**
 * Which strings of a JSON text are data of a Kubernetes Secret. The kind comes after the data in
 * what kubectl prints, so they are known when their object closes.
 */
export class SecretObjects {
  private readonly frames: Frame[] = [];

  opened(isObject: boolean, key: string | undefined): void {
    this.frames.push({ isObject, key, isSecret: false, values: [] });
  }

  string(text: string, key: string | undefined, leaf: Leaf): void {
    const frame = this.frames.at(-1);
    if (frame?.isObject !== true) return;
    if (key === 'kind') frame.isSecret = text.slice(leaf.start, leaf.end) === 'Secret';
    else if ((frame.key === 'data' || frame.key === 'stringData') && leaf.start < leaf.end) {
      this.frames.at(-2)?.values.push(leaf);
    }
  }

  closed(): readonly Leaf[] {
    const frame = this.frames.pop();
    return frame?.isSecret === true ? frame.values : [];
  }
}
