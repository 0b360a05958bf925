import { useLocalStorage } from '@mantine/hooks';
import type { Zone } from '@steno/player';

/** The zone that times are shown in; remembered by this browser, the same on all of its pages. */
export function useZone(): readonly [Zone, (zone: Zone) => void] {
  const [stored, setZone] = useLocalStorage<Zone>({ key: 'steno.zone', defaultValue: 'utc' });
  return [stored === 'local' ? 'local' : 'utc', setZone];
}
