/** What a process serves to Prometheus, read from its text. */
export class Scrape {
  private constructor(private readonly lines: readonly string[]) {}

  static async of(url: string): Promise<Scrape> {
    const response = await fetch(`${url}/metrics`);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Scrape((await response.text()).split('\n'));
  }

  /** By name, what a metric is. */
  get types(): ReadonlyMap<string, string> {
    return new Map(
      this.lines.flatMap((line) => {
        const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
        return name === undefined || type === undefined ? [] : [[name, type]];
      }),
    );
  }

  /** The names of the labels that samples of a metric have; `le` of histograms left out. */
  labelsOf(name: string): readonly string[] {
    const pattern = new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `);
    const names = this.lines.flatMap((line) =>
      [...(pattern.exec(line)?.[1] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label ?? ''),
    );
    return [...new Set(names)].filter((label) => label !== 'le').sort();
  }

  /** The value of a sample, as `name` or `name{label="value"}`; 0 where there is none. */
  value(sample: string): number {
    const line = this.lines.find((one) => one.startsWith(`${sample} `));
    return Number(line?.slice(sample.length + 1) ?? 0);
  }
}
