import type { CapturePoliciesView, PoliciesView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { countOf, formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';
import { digits, isNone } from './digits.js';

/** What decides commands right now, and whether that is the same everywhere. */
export function InForce({ view: { inForce } }: { readonly view: PoliciesView }): ReactNode {
  const digests = [...new Set(inForce.map(({ digest }) => digest))];
  const [first] = digests;
  if (first === undefined) {
    return (
      <Notice tone="warning" title="No capture runs">
        <p>So nothing is in force, and no command comes through.</p>
      </Notice>
    );
  }
  return (
    <>
      {digests.some(isNone) && <Open inForce={inForce} />}
      {digests.length > 1 && (
        <Notice tone="warning" title="Captures go by different versions">
          <p>A command is decided by the capture at which it arrives.</p>
          <ul className="in-force">
            {inForce.map((place) => (
              <Place key={place.instance} place={place} />
            ))}
          </ul>
        </Notice>
      )}
      {digests.length === 1 && !isNone(first) && (
        <p className="in-force-line">
          <span className="badge" data-tone="ok">
            <Icon name="check" size={12} /> In force
          </span>
          <span>
            {countOf(inForce.length, 'capture')}
            {inForce.length === 1 ? ' goes by version ' : ' go by version '}
            <code>{digits(first)}</code>
            {' · nothing is allowed that no rule of it permits'}
          </span>
          {inForce.some(({ isSilent }) => isSilent) && <Silent inForce={inForce} />}
        </p>
      )}
    </>
  );
}

function Open({ inForce }: { readonly inForce: readonly CapturePoliciesView[] }): ReactNode {
  const free = inForce.filter(({ digest }) => isNone(digest)).map(({ instance }) => instance);
  const isEverywhere = free.length === inForce.length;
  return (
    <Notice tone="warning" title="Without policies everything is allowed">
      <p>
        Every command of every identity runs
        {isEverywhere ? '' : ' on '}
        {!isEverywhere && <InertName name={free.join(', ')} />}. Name Cedar files under{' '}
        <code>policies</code> in steno.yaml to change that.{' '}
        <Link to="/policies" search={{ view: 'dry-run' }}>
          Try some first on what was recorded
        </Link>
        .
      </p>
    </Notice>
  );
}

function Place({ place }: { readonly place: CapturePoliciesView }): ReactNode {
  const [zone] = useZone();
  const { instance, digest, since, isSilent } = place;
  return (
    <li>
      <InertName name={instance} />
      <Link to="/policies" search={{ version: digest }}>
        <code>{isNone(digest) ? 'no policies' : digits(digest)}</code>
      </Link>
      <span className="muted">since {formatTime(since, zone)}</span>
      {isSilent && (
        <span className="badge" data-tone="warning">
          Silent
        </span>
      )}
    </li>
  );
}

function Silent({ inForce }: { readonly inForce: readonly CapturePoliciesView[] }): ReactNode {
  const silent = inForce.filter(({ isSilent }) => isSilent).map(({ instance }) => instance);
  return (
    <span className="badge" data-tone="warning" title="It stopped reporting; it may still run.">
      Silent: <InertName name={silent.join(', ')} />
    </span>
  );
}

interface NoticeProps {
  readonly tone: 'warning';
  readonly title: string;
  readonly children: ReactNode;
}

function Notice({ tone, title, children }: NoticeProps): ReactNode {
  return (
    <div className="callout policy-notice" data-tone={tone} role="status">
      <Icon name="warning" size={16} />
      <div>
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  );
}
