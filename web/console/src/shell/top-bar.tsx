import { ActionIcon, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { post } from '../api/client.js';
import { meQuery, statusQuery } from '../api/queries.js';
import { mayMakeTokens } from '../api/rights.js';
import { Icon, type IconName } from '../ui/icons.js';
import { Logo } from '../ui/logo.js';
import { useZone } from '../ui/use-zone.js';
import { FreshnessDot } from './freshness.js';
import { PageLinks } from './page-links.js';

/** What stands over every page. */
export function TopBar({ onHelp }: { readonly onHelp: () => void }): ReactNode {
  const { data: status } = useQuery(statusQuery);
  const isDevelopment = status?.issuers.some(({ development }) => development) === true;
  return (
    <header className="top-bar">
      <Link to="/" className="home-link" aria-label="Steno, home">
        <Logo />
      </Link>
      <PageLinks />
      <span className="grow" />
      {isDevelopment && (
        <span className="tag" data-tone="warning" title="The development issuer is trusted here.">
          Development
        </span>
      )}
      <FreshnessDot />
      <ZoneSwitch />
      <SchemeMenu />
      <ActionIcon
        variant="subtle"
        color="gray"
        className="bar-icon"
        aria-label="Keyboard shortcuts"
        onClick={onHelp}
      >
        <Icon name="keyboard" />
      </ActionIcon>
      <UserMenu />
    </header>
  );
}

function ZoneSwitch(): ReactNode {
  const [zone, setZone] = useZone();
  return (
    <div className="segmented" role="group" aria-label="Time zone">
      <UnstyledButton aria-pressed={zone === 'utc'} onClick={() => setZone('utc')}>
        UTC
      </UnstyledButton>
      <UnstyledButton aria-pressed={zone === 'local'} onClick={() => setZone('local')}>
        Local
      </UnstyledButton>
    </div>
  );
}

const schemes = [
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
  { value: 'auto', label: 'As the system', icon: 'auto' },
] as const satisfies readonly { value: string; label: string; icon: IconName }[];

function SchemeMenu(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const current = schemes.find(({ value }) => value === colorScheme) ?? schemes[2];
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          className="bar-icon"
          aria-label={`Colours: ${current.label}`}
        >
          <Icon name={current.icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, label, icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon name={icon} size={14} />}
            rightSection={value === colorScheme ? <Icon name="check" size={14} /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu(): ReactNode {
  const { data: me } = useQuery(meQuery);
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await post('/sign-out', {});
    await navigate({ to: '/sign-in' });
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" className="bar-icon" aria-label="Account">
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me === undefined ? 'Signed in' : `${me.name ?? me.actor} · ${me.roles.join(', ')}`}
        </Menu.Label>
        {me !== undefined && mayMakeTokens(me) && (
          <Menu.Item onClick={() => void navigate({ to: '/tokens' })}>Your tokens</Menu.Item>
        )}
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
