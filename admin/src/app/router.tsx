// Every address of the UI below /_/ and the screen it shows. Screens are fetched when they are first opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { arriving } from '../api/arriving';
import { Loading, Problem } from '../ui/kit';
import { Shell } from './shell';
import { SpaceFrame } from './space_frame';

const screen = <T extends Record<string, unknown>, K extends keyof T>(load: () => Promise<T>, name: K) => lazyRouteComponent(() => arriving(load), name);

const root = createRootRoute({ component: Shell, notFoundComponent: () => <Problem error={new Error('There is no screen at this address.')} /> });
const home = createRoute({ getParentRoute: () => root, path: '/', component: screen(() => import('../screens/home/home'), 'Home') });
const account = createRoute({ getParentRoute: () => root, path: '/account', component: screen(() => import('../screens/account/account'), 'Account') });
const server = createRoute({ getParentRoute: () => root, path: '/server', component: screen(() => import('../screens/server/server'), 'Server') });

const space = createRoute({ getParentRoute: () => root, path: '/p/$project/$space', component: SpaceFrame });
const index = createRoute({
  getParentRoute: () => space,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/p/$project/$space/overview', params });
  },
});
const overview = createRoute({ getParentRoute: () => space, path: 'overview', component: screen(() => import('../screens/overview/overview'), 'Overview') });
const auth = createRoute({
  getParentRoute: () => space,
  path: 'auth',
  validateSearch: (search: Record<string, unknown>): { part?: string } => (typeof search.part === 'string' ? { part: search.part } : {}),
  component: screen(() => import('../screens/auth/auth'), 'Auth'),
});
const logs = createRoute({
  getParentRoute: () => space,
  path: 'logs',
  validateSearch: (search: Record<string, unknown>): { request?: string } => (typeof search.request === 'string' ? { request: search.request } : {}),
  component: screen(() => import('../screens/logs/logs'), 'Logs'),
});
const data = createRoute({ getParentRoute: () => space, path: 'data', component: screen(() => import('../screens/data/collections'), 'Collections') });
const collection = createRoute({
  getParentRoute: () => space,
  path: 'data/$collection',
  component: screen(() => import('../screens/data/collection'), 'CollectionScreen'),
});
const keys = createRoute({ getParentRoute: () => space, path: 'keys', component: screen(() => import('../screens/keys/keys'), 'Keys') });
const files = createRoute({
  getParentRoute: () => space,
  path: 'files',
  validateSearch: (search: Record<string, unknown>): { path?: string } => (typeof search.path === 'string' ? { path: search.path } : {}),
  component: screen(() => import('../screens/files/files'), 'Files'),
});
const deployments = createRoute({
  getParentRoute: () => space,
  path: 'deployments',
  component: screen(() => import('../screens/deployments/deployments'), 'Deployments'),
});
const runner = createRoute({ getParentRoute: () => space, path: 'runner', component: screen(() => import('../screens/runner/runner'), 'Runner') });
const settings = createRoute({ getParentRoute: () => space, path: 'settings', component: screen(() => import('../screens/settings/settings'), 'Settings') });

const tree = root.addChildren([
  home,
  account,
  server,
  space.addChildren([index, overview, auth, logs, data, collection, keys, files, deployments, runner, settings]),
]);

export const router = createRouter({ routeTree: tree, basepath: '/_', defaultPreload: 'intent', defaultPendingComponent: Loading, defaultErrorComponent: Problem });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
