import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { usePageKeys } from '../ui/page-keys.js';
import { Toasts } from '../ui/toast.js';
import { HelpContext } from './help-context.js';
import { TopBar } from './top-bar.js';

const Help = lazy(() => import('./help-dialog.js'));

/** After a change of page the focus is in the new one, not on what is gone. */
function useFocusOnNavigation(): void {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) document.getElementById('main')?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
}

function pageOf(path: string): 'list' | 'pipeline' | 'session' {
  if (path.startsWith('/pipeline')) return 'pipeline';
  return path.startsWith('/sessions/') ? 'session' : 'list';
}

/** The frame of all pages behind the sign-in. */
export function Shell(): ReactNode {
  const [helping, setHelping] = useState(false);
  const page = useRouterState({ select: ({ location }) => pageOf(location.pathname) });
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
          <Outlet />
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
