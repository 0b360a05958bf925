import { randomUUID } from 'node:crypto';
import { newBootKey, systemClock } from '@steno/sessions';
import type { InstanceRole, Origin } from '@steno/sessions';
import {
  loadOrCreateCredential,
  loadOrCreateInstallationKeys,
} from '../../data-directory/installation-keys.js';
import type { InstallationKeys } from '../../data-directory/installation-keys.js';
import type { DataLayout } from '../../data-directory/layout.js';

export const TENANT = 'default';

/** A new boot of one of the instances of this installation. */
export function newOrigin(
  layout: DataLayout,
  of: { readonly role: InstanceRole; readonly instance: string },
): { readonly origin: Origin; readonly keys: InstallationKeys } {
  const keys = loadOrCreateInstallationKeys(layout);
  const key = newBootKey(loadOrCreateCredential(layout, keys, of));
  const origin: Origin = {
    installation: keys.installation,
    tenant: TENANT,
    instance: of.instance,
    boot: randomUUID(),
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: key.attest,
    sign: key.sign,
  };
  return { origin, keys };
}
