// What runs here, since when, and how much room it has.
import { useRead } from '../../api/hooks';
import { bytes, duration, number } from '../../ui/format';
import { Figure, Show } from '../../ui/kit';

const kLittleDisk = 0.1;

export function Info() {
  const info = useRead('server.info', {}, { refetchInterval: 5_000 });
  return (
    <Show query={info}>
      {(one) => (
        <section aria-label="About the server">
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
            <Figure label="Version">{one.version}</Figure>
            <Figure label="Up for">{duration(one.uptimeMs)}</Figure>
            <Figure label="Projects">{number(one.projects)}</Figure>
            <Figure label={`Free of ${bytes(one.diskBytes)}`} kind={one.diskFreeBytes < one.diskBytes * kLittleDisk ? 'warn' : undefined}>
              {bytes(one.diskFreeBytes)}
            </Figure>
            <Figure label="SQLite">{one.sqlite}</Figure>
            <Figure label="Isolation of code">{one.isolation}</Figure>
          </div>
          <p className="mt-2 text-muted">
            {one.dataDir && (
              <>
                Everything is kept below <code className="font-mono break-all">{one.dataDir}</code>.{' '}
              </>
            )}
            Code runs in <code className="font-mono break-all">{one.node}</code>.
          </p>
        </section>
      )}
    </Show>
  );
}
