import type { MeView } from '@steno/proto';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { meQuery } from '../api/queries.js';
import { mayMakeTokens, mayReadApprovals, mayReadSessions } from '../api/rights.js';
import { usePageKeys } from '../ui/page-keys.js';
import { Toasts } from '../ui/toast.js';
import { HelpContext } from './help-context.js';
import type { HelpPage } from './help.js';
import { NotAllowed } from './not-allowed.js';
import { TopBar } from './top-bar.js';

const Help = lazy(() => import('./help-dialog.js'));

/** After a change of page the focus is in the new one, not on what is gone. */
function useFocusOnNavigation(): void {
  const path = useRouterState({ select: ({ location }) => placeOf(location.pathname) });
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) document.getElementById('main')?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
}

/** The inbox is one page, whichever approval is open in it; it leads the focus by itself. */
const placeOf = (path: string): string => (pageOf(path) === 'approvals' ? '/approvals' : path);

function pageOf(path: string): HelpPage {
  if (path.startsWith('/pipeline')) return 'pipeline';
  if (path.startsWith('/approvals')) return 'approvals';
  if (path.startsWith('/policies')) return 'policies';
  if (path.startsWith('/identities')) return path === '/identities' ? 'identities' : 'identity';
  if (path.startsWith('/tokens')) return 'tokens';
  return path.startsWith('/sessions/') ? 'session' : 'list';
}

function mayOpen(page: HelpPage, me: MeView): boolean {
  if (page === 'tokens') return mayMakeTokens(me);
  return page === 'approvals' ? mayReadApprovals(me) : mayReadSessions(me);
}

/** The frame of all pages behind the sign-in. */
export function Shell(): ReactNode {
  const [helping, setHelping] = useState(false);
  const page = useRouterState({ select: ({ location }) => pageOf(location.pathname) });
  const { data: me } = useQuery(meQuery);
  useFocusOnNavigation();
  const help = (): void => setHelping(true);
  usePageKeys({ '?': help });
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <TopBar onHelp={help} />
      <main id="main" tabIndex={-1}>
        <HelpContext value={help}>
          {me === undefined || mayOpen(page, me) ? <Outlet /> : <NotAllowed me={me} />}
        </HelpContext>
      </main>
      <Toasts />
      {helping && (
        <Suspense>
          <Help page={page} onClose={() => setHelping(false)} />
        </Suspense>
      )}
    </div>
  );
}
