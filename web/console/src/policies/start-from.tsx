import type { PolicyFileView } from '@steno/proto';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { explain } from '../api/client.js';
import { policiesQuery, policyQuery } from '../api/queries.js';
import { formatTime } from '../ui/format.js';
import { useZone } from '../ui/use-zone.js';
import { digits, isNone } from './digits.js';
import { EXAMPLES } from './examples.js';

interface StartFromProps {
  readonly onChoose: (files: readonly PolicyFileView[]) => void;
  /** Nothing was written yet. */
  readonly isEmpty: boolean;
}

/** Policies to begin with: a version that was in force, an example, or files of one's own. */
export function StartFrom({ onChoose, isEmpty }: StartFromProps): ReactNode {
  const [failure, setFailure] = useState<string>();
  const load = useLoad();
  const choose = async (choice: string): Promise<void> => {
    try {
      setFailure(undefined);
      onChoose(await load(choice));
    } catch (error) {
      setFailure(explain(error).title);
    }
  };
  const upload = async (chosen: FileList | null): Promise<void> => {
    const files = [...(chosen ?? [])].map(async (file) => {
      return { name: file.name, text: await file.text() };
    });
    if (files.length > 0) onChoose(await Promise.all(files));
  };
  return (
    <div className="start-from">
      <label>
        Start from{' '}
        <select value="" onChange={({ target }) => void choose(target.value)}>
          <option value="" disabled>
            {isEmpty ? 'choose…' : 'something else…'}
          </option>
          <Choices />
        </select>
      </label>
      <label className="button upload">
        Upload .cedar files
        <input
          type="file"
          accept=".cedar"
          multiple
          onChange={({ target }) => {
            void upload(target.files);
            target.value = '';
          }}
        />
      </label>
      {failure !== undefined && <span role="alert">{failure}</span>}
    </div>
  );
}

function Choices(): ReactNode {
  const [zone] = useZone();
  const { data } = useInfiniteQuery(policiesQuery);
  const versions = (data?.pages ?? [])
    .flatMap(({ items }) => items)
    .filter(({ digest }) => !isNone(digest));
  return (
    <>
      {versions.length > 0 && (
        <optgroup label="Versions that were in force">
          {versions.map(({ digest, inForceSince, lastInForceAt }) => (
            <option key={digest} value={digest}>
              {digits(digest)}, {formatTime(inForceSince, zone)}
              {lastInForceAt === null ? ' (in force)' : ''}
            </option>
          ))}
        </optgroup>
      )}
      <optgroup label="Shipped with Steno">
        {EXAMPLES.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </optgroup>
    </>
  );
}

function useLoad(): (choice: string) => Promise<readonly PolicyFileView[]> {
  const queries = useQueryClient();
  return async (choice) => {
    const example = EXAMPLES.find(({ name }) => name === choice);
    if (example !== undefined) return [example];
    const { files } = await queries.fetchQuery(policyQuery(choice));
    return files;
  };
}
