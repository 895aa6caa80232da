// Around every screen: navigation, the space that is looked at, the way to everything else, and the two troubles that can come at any time:
// a server out of reach and a session that ended.
import { Link, Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { connection } from '../api/connection';
import { ask } from '../api/client';
import { useRead } from '../api/hooks';
import { session } from '../api/session';
import { useStore } from '../api/store';
import { Button, kInput } from '../ui/kit';
import { Dialog } from '../ui/dialog';
import { Toasts } from '../ui/toasts';
import { LoginForms, LoginPage } from './login';
import { kGroups } from './nav';
import { Palette } from './palette';
import { theme, type Theme } from './theme';

function SpaceChooser({ project, space }: { project: string; space: string }) {
  const projects = useRead('project.list', {});
  const navigate = useNavigate();
  const here = `${project}/${space}`;
  const all = (projects.data?.projects ?? []).flatMap((one) => one.spaces.map((name) => ({ value: `${one.uniqueName}/${name}`, label: `${one.name} / ${name}` })));
  return (
    <select
      aria-label="Space"
      className={`${kInput} font-medium`}
      value={here}
      onChange={(event) => {
        const [toProject = '', toSpace = ''] = event.target.value.split('/');
        void navigate({ to: '/p/$project/$space/overview', params: { project: toProject, space: toSpace } });
      }}
    >
      {!all.some((one) => one.value === here) && <option value={here}>{here}</option>}
      {all.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

const kNavLink = 'flex items-center gap-2 rounded-md px-2 py-1 hover:bg-raised aria-[current=page]:bg-tint aria-[current=page]:font-medium aria-[current=page]:text-accent';

function Navigation({ place }: { place: { project: string; space: string } | null }) {
  return (
    <nav aria-label="Main" className="flex flex-col gap-4">
      {place &&
        kGroups.map((group) => (
          <div key={group.label}>
            <div className="mb-1 px-2 text-xs text-muted">{group.label}</div>
            <ul>
              {group.screens.map((screen) => (
                <li key={screen.path}>
                  <Link to={`/p/$project/$space/${screen.path}` as '/p/$project/$space/overview'} params={place} className={kNavLink}>
                    <svg viewBox="0 0 16 16" className="size-4 shrink-0 fill-current opacity-80" aria-hidden>
                      <path d={screen.icon} />
                    </svg>
                    {screen.label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      <div>
        <div className="mb-1 px-2 text-xs text-muted">Everything</div>
        <ul>
          <li>
            <Link to="/" activeOptions={{ exact: true }} className={kNavLink}>
              Projects
            </Link>
          </li>
          <li>
            <Link to="/account" className={kNavLink}>
              Your account
            </Link>
          </li>
          <li>
            <Link to="/server" className={kNavLink}>
              Server
            </Link>
          </li>
        </ul>
      </div>
    </nav>
  );
}

function ThemeChoice() {
  const now = useStore(theme);
  return (
    <select aria-label="Colours" className={kInput} value={now} onChange={(event) => theme.set(event.target.value as Theme)}>
      <option value="system">Colours of the system</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}

// The person is gone for this page at once, whether or not the server hears of it.
async function logOut() {
  try {
    await ask('session.end', {});
  } catch {
    // A token that is no session stays good; the page forgets it all the same.
  }
  session.close();
}

function Lost() {
  const isReachable = useStore(connection.store);
  if (isReachable) return null;
  return (
    <div role="alert" className="bg-warn-tint px-4 py-2 text-center text-warn">
      The server is out of reach. What you see may be old; the page connects again by itself.
    </div>
  );
}

function SessionEnded() {
  const state = useStore(session.store);
  return (
    <Dialog title="Log in again" open={state.kind === 'ended'} close={() => session.close()}>
      <p className="mb-3 text-muted">Your session has ended, or its token was taken back. What is on the page stays as it is.</p>
      <LoginForms />
    </Dialog>
  );
}

export function Shell() {
  const state = useStore(session.store);
  const params = useParams({ strict: false }) as { project?: string; space?: string };
  const place = params.project && params.space ? { project: params.project, space: params.space } : null;
  const [isFinding, setFinding] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const path = useRouterState({ select: (router) => router.location.pathname });
  useEffect(() => setMenuOpen(false), [path]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setFinding(true);
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  if (state.kind === 'none') {
    return (
      <>
        <Lost />
        <LoginPage />
      </>
    );
  }
  return (
    <div className="flex min-h-full flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:p-2">
        To the content
      </a>
      <Lost />
      <header className="sticky top-0 z-20 flex items-center gap-2 border-b border-line bg-panel px-3 py-2 md:hidden">
        <Button look="bare" aria-expanded={isMenuOpen} aria-controls="side" onClick={() => setMenuOpen(!isMenuOpen)}>
          ☰ Menu
        </Button>
        <span className="min-w-0 flex-1 truncate font-semibold">{place ? `${place.project} / ${place.space}` : 'Redd'}</span>
        <Button look="bare" onClick={() => setFinding(true)}>
          Find
        </Button>
      </header>
      <div className="flex flex-1">
        <aside
          id="side"
          className={`${isMenuOpen ? 'fixed inset-x-0 top-12 bottom-0 z-20 block overflow-auto' : 'hidden'} w-full shrink-0 border-r border-line bg-panel p-3 md:sticky md:top-0 md:block md:h-screen md:w-56 md:overflow-auto`}
        >
          <Link to="/" className="mb-3 hidden items-center gap-2 text-lg font-semibold md:flex">
            <img src="/_/favicon.svg" alt="" className="size-6" /> Redd
          </Link>
          <div className="mb-4 flex flex-col gap-2">
            {place && <SpaceChooser {...place} />}
            <Button className="hidden md:inline-flex" onClick={() => setFinding(true)}>
              <span className="flex-1 text-left">Find</span>
              <kbd className="text-xs text-muted">Ctrl K</kbd>
            </Button>
          </div>
          <Navigation place={place} />
          <div className="mt-6 flex flex-col gap-2">
            <ThemeChoice />
            <Button onClick={() => void logOut()}>Log out</Button>
          </div>
        </aside>
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 p-4 md:p-6">
          <Outlet />
        </main>
      </div>
      <Palette open={isFinding} close={() => setFinding(false)} place={place} />
      <SessionEnded />
      <Toasts />
    </div>
  );
}
