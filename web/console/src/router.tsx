import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { validateApprovalsSearch } from './approvals/search.js';
import { validateIdentitiesSearch } from './identities/search.js';
import { validatePipelineSearch } from './pipeline/search.js';
import { validatePoliciesSearch } from './policies/search.js';
import { parseSearch, stringifySearch } from './search-params.js';
import { validateSessionsSearch } from './sessions/search.js';
import { SessionsPage } from './sessions/sessions-page.js';
import { Home } from './shell/home.js';
import { NotFound } from './shell/not-found.js';
import { Shell } from './shell/shell.js';
import { validateSignInSearch } from './sign-in/search.js';

const root = createRootRoute({ notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: validateSignInSearch,
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
});

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });

const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/sessions',
  validateSearch: validateSessionsSearch,
  component: SessionsPage,
});

const pipeline = createRoute({
  getParentRoute: () => shell,
  path: '/pipeline',
  validateSearch: validatePipelineSearch,
  component: lazyRouteComponent(() => import('./pipeline/pipeline-page.js'), 'PipelinePage'),
});

const approvals = createRoute({
  getParentRoute: () => shell,
  path: '/approvals/{-$approvalId}',
  validateSearch: validateApprovalsSearch,
  component: lazyRouteComponent(() => import('./approvals/approvals-page.js'), 'ApprovalsPage'),
});

const policies = createRoute({
  getParentRoute: () => shell,
  path: '/policies',
  validateSearch: validatePoliciesSearch,
  component: lazyRouteComponent(() => import('./policies/policies-page.js'), 'PoliciesPage'),
});

const identities = createRoute({
  getParentRoute: () => shell,
  path: '/identities',
  validateSearch: validateIdentitiesSearch,
  component: lazyRouteComponent(() => import('./identities/identities-page.js'), 'IdentitiesPage'),
});

const identity = createRoute({
  getParentRoute: () => shell,
  path: '/identities/$name',
  component: lazyRouteComponent(() => import('./identities/identity-page.js'), 'IdentityPage'),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./tokens/tokens-page.js'), 'TokensPage'),
});

// Its search is validated where the player is, so that the list does not load it.
const session = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(() => import('./session/session-page.js'), 'SessionPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    shell.addChildren([
      ...[sessions, session, approvals, identities, identity, policies, pipeline, tokens],
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
