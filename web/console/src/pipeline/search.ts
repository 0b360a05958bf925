/** What the address of the pipeline page says. */
export interface PipelineSearch {
  /** Instances that stopped in order are shown too. */
  readonly stopped?: 'shown';
}

/** Takes what is valid and forgets the rest, so an old or mistyped link still opens. */
export function validatePipelineSearch(raw: Readonly<Record<string, unknown>>): PipelineSearch {
  return raw['stopped'] === 'shown' ? { stopped: 'shown' } : {};
}
