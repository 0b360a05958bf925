/** Counts what is under way for each address, up to a bound. */
export class Places {
  private readonly taken = new Map<string, number>();

  constructor(private readonly perAddress: number) {}

  /** Runs the work where there is a place for it; `full` otherwise. */
  async hold<T>(address: string, work: () => Promise<T>): Promise<T | 'full'> {
    const taken = this.taken.get(address) ?? 0;
    if (taken >= this.perAddress) return 'full';
    this.taken.set(address, taken + 1);
    try {
      return await work();
    } finally {
      const left = (this.taken.get(address) ?? 1) - 1;
      if (left > 0) this.taken.set(address, left);
      else this.taken.delete(address);
    }
  }
}
