// The heads of the columns. A press sorts upwards, another one downwards, a third one puts the order of _id back.
import type { Sorting } from './windows';

export const kHeadPx = 30;

interface GridHeadProps {
  names: string[];
  template: string;
  sort: Sorting | null;
  indexed: Set<string>;
  sortBy: (sort: Sorting | null) => void;
}

export function GridHead({ names, template, sort, indexed, sortBy }: GridHeadProps) {
  const next = (field: string): Sorting | null => {
    if (sort?.field !== field) return { field, descending: false };
    return sort.descending ? null : { field, descending: true };
  };
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-raised">
      <div role="row" aria-rowindex={1} className="grid border-b border-line" style={{ gridTemplateColumns: template, height: kHeadPx }}>
        {names.map((name, index) => {
          const order = sort?.field !== name ? 'none' : sort.descending ? 'descending' : 'ascending';
          return (
            <div key={name} role="columnheader" data-head={index} aria-sort={order} className="flex min-w-0 items-center">
              <button
                type="button"
                className="flex h-full w-full min-w-0 items-center gap-1 px-2 text-left font-medium hover:bg-tint focus-visible:-outline-offset-2"
                title={indexed.has(name) ? `${name}: an index gives this order` : name}
                onClick={() => sortBy(next(name))}
              >
                <span className="truncate">{name}</span>
                {indexed.has(name) && (
                  <span className="rounded bg-good-tint px-1 text-[10px] text-good">index</span>
                )}
                <span aria-hidden className="text-accent">
                  {order === 'ascending' ? '▲' : order === 'descending' ? '▼' : ''}
                </span>
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
