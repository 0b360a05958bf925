import type { ReactNode } from 'react';

/** What to do when one likes what one sees. */
export function SwitchOn({ names }: { readonly names: readonly string[] }): ReactNode {
  return (
    <section className="switch-on" aria-label="How to switch them on">
      <h3>To switch them on</h3>
      <p>
        Nothing was switched on. Put the files beside steno.yaml, name them there, and send SIGHUP
        to Steno:
      </p>
      <pre tabIndex={0} role="region" aria-label="Lines of steno.yaml">
        {`policies:\n${names.map((name) => `  - ${name}`).join('\n')}`}
      </pre>
    </section>
  );
}
