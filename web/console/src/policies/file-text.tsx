import type { PolicyFileView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { countOf } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { copyText } from '../ui/toast.js';
import { CedarLine } from './cedar-line.js';

/** A policy file to read, with the numbers of its lines. */
export function FileText({ file: { name, text } }: { readonly file: PolicyFileView }): ReactNode {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return (
    <section className="policy-file" aria-label={name}>
      <div className="policy-file-head">
        <h3>
          <InertName name={name} />
        </h3>
        <span className="faint">{countOf(lines.length, 'line')}</span>
        <span className="grow" />
        <UnstyledButton className="text-button" onClick={() => void copyText(text, 'File')}>
          <Icon name="copy" size={13} /> Copy
        </UnstyledButton>
      </div>
      <div className="policy-text" tabIndex={0} role="region" aria-label={`Text of ${name}`}>
        <table>
          <tbody>
            {lines.map((line, index) => (
              <tr key={`${index + 1}`}>
                <td className="line-number">{index + 1}</td>
                <td>
                  <CedarLine text={line} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
