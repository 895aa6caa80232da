// Work that makes a space of an archive, a backup or a moment: how far it is stands in a message, what came of it is told.
import { Link } from '@tanstack/react-router';
import { work } from '../../api/client';
import { queries } from '../../api/hooks';
import { toasts } from '../../ui/toasts';

export interface Imported {
  project: string;
  space: string;
  id: string;
  replacedId: string | null;
  deployed: unknown;
  domains: string[];
  leftOut: { env: string[]; tokens: number };
}

// In a header, since the body is the archive: base64url, for header values are ASCII.
function base64url(text: string): string {
  const raw = [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('');
  return btoa(raw).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export async function withProgress<T>(text: string, run: (progress: (line: Record<string, unknown>) => void) => Promise<T>): Promise<T> {
  const task = toasts.task(text);
  try {
    return await run(({ done, total }) => {
      if (typeof done === 'number' && typeof total === 'number' && total > 0) task.progress(done / total);
    });
  } finally {
    task.end();
    void queries.invalidateQueries();
  }
}

interface Wish {
  project: string;
  space: string;
  archive: File;
  passphrase: string;
  isReplacing: boolean;
}

export function importSpace({ project, space, archive, passphrase, isReplacing }: Wish): Promise<Imported> {
  const headers = passphrase ? { 'x-redd-passphrase': base64url(passphrase) } : undefined;
  const args = { project, space, existing: isReplacing ? 'replace' : 'refuse' };
  return withProgress(`Importing ${archive.name} as ${space}`, (progress) =>
    work<'space.import', Imported>('space.import', args, progress, { body: archive, contentType: 'application/x-tar', headers }),
  );
}

export function Outcome({ made }: { made: Imported }) {
  const { env, tokens } = made.leftOut;
  return (
    <div role="status" className="rounded-md border border-good bg-good-tint p-3">
      <p>
        The space{' '}
        <Link to="/p/$project/$space/overview" params={{ project: made.project, space: made.space }} className="font-medium underline">
          {made.space}
        </Link>{' '}
        is there{made.replacedId ? '; what stood in its place is in the trash' : ''}.
      </p>
      {(env.length > 0 || tokens > 0) && (
        <p className="mt-1 break-words">
          Left out, since the archive holds no secrets that could be opened: {env.length > 0 ? `the variables ${env.join(', ')}` : ''}
          {env.length > 0 && tokens > 0 ? ' and ' : ''}
          {tokens > 0 ? `${tokens} API tokens` : ''}. Set them anew.
        </p>
      )}
    </div>
  );
}
