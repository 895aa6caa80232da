// Documents as rows: only those on the screen exist as elements. One tab stop; arrows, Page Up/Down, Home and End move the active cell.
import { columnVisibilityFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Document } from '../../api/shapes';
import { valueAt } from './guarded';
import { isScalar } from './exact';
import { GridHead, kHeadPx } from './grid_head';
import { GridRow, kRowPx, type Place, type RowActions, type RowValue } from './grid_row';
import { useScrollMap } from './scroll_map';
import { useWindows, type Question, type Sorting } from './windows';

const kBundle = 8; // rows that come and go together: the virtualizer keeps a number for each of its items
const kBlock = 64; // rows that are placed relative to one another, so that scrolling moves them without drawing them
const kTallRows = 60; // beyond what any screen shows
const kBarPx = 18; // of a scrollbar
const features = tableFeatures({ columnVisibilityFeature });

interface GridProps {
  question: Question;
  total: number;
  columns: string[];
  shown: Record<string, boolean>;
  indexed: Set<string>;
  canTurn: boolean;
  canWrite: boolean;
  sortBy: (sort: Sorting | null) => void;
  open: (id: string) => void;
  edit: (document: Document, field: string, value: unknown) => Promise<void>;
  problem: (error: Error | null) => void;
}

export function Grid({ question, total, columns, shown, indexed, canTurn, canWrite, sortBy, open, edit, problem }: GridProps) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<Place | null>(null);
  const map = useScrollMap(total * kRowPx, kHeadPx);
  const rows = useVirtualizer({
    count: Math.ceil(total / kBundle),
    getScrollElement: () => place.current,
    estimateSize: () => kBundle * kRowPx,
    overscan: 1,
    observeElementOffset: map.observe,
  });
  const view = rows.scrollRect?.height ?? 0;
  map.fit(view);
  const items = rows.getVirtualItems();
  const first = (items[0]?.index ?? 0) * kBundle;
  const last = Math.max(first, Math.min(total, ((items.at(-1)?.index ?? -1) + 1) * kBundle) - 1);

  const names = useMemo(() => columns.filter((name) => shown[name]), [columns, shown]);
  const windows = useWindows(question, names, total, first, last, canTurn);
  const data: RowValue[] = [];
  for (let index = first; items.length > 0 && index <= last && index < total; index += 1) data.push({ index, document: windows.row(index) });
  const definitions = useMemo(
    () => columns.map((name) => ({ id: name, accessorFn: (row: RowValue) => (row.document ? valueAt(row.document, name) : undefined) })),
    [columns],
  );
  const getRowId = (row: RowValue) => String(row.index);
  const table = useTable({ features, columns: definitions, data, getRowId, state: { columnVisibility: shown } });

  const { error } = windows;
  useLayoutEffect(() => problem(error), [error, problem]);
  const key = JSON.stringify([question.filter, question.sort]);
  useLayoutEffect(() => {
    setActive((now) => ({ ...now, row: 0 }));
    setEditing(null);
    place.current?.scrollTo({ top: 0 });
  }, [key]);

  const go = (row: number, column: number) => {
    const next = { row: Math.max(0, Math.min(total - 1, row)), column: Math.max(0, Math.min(names.length - 1, column)) };
    setActive(next);
    const element = place.current;
    if (!element) return;
    const top = next.row * kRowPx;
    const offset = rows.scrollOffset ?? 0;
    const room = view - kHeadPx;
    if (top < offset) element.scrollTop = map.scrolled(top);
    else if (top + kRowPx > offset + room) element.scrollTop = Math.ceil(map.scrolled(top + kRowPx - room));
    if (next.column !== active.column) element.querySelector(`[data-head="${next.column}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const documentAt = (row: number) => windows.row(row);
  const begin = (at: Place) => {
    const document = documentAt(at.row);
    const name = names[at.column];
    if (!document || name === undefined) return;
    if (canWrite && name !== '_id' && isScalar(valueAt(document, name) ?? null)) setEditing(at);
    else open(String(document._id));
  };
  const press = (event: KeyboardEvent) => {
    if (event.target !== place.current) return;
    const page = Math.max(1, Math.floor((view - kHeadPx) / kRowPx) - 1);
    const { row, column } = active;
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(row + 1, column),
      ArrowUp: () => go(row - 1, column),
      ArrowRight: () => go(row, column + 1),
      ArrowLeft: () => go(row, column - 1),
      PageDown: () => go(row + page, column),
      PageUp: () => go(row - page, column),
      Home: () => (event.ctrlKey ? go(0, column) : go(row, 0)),
      End: () => (event.ctrlKey ? go(total - 1, column) : go(row, names.length - 1)),
      Enter: () => begin(active),
      F2: () => begin(active),
      ' ': () => {
        const document = documentAt(row);
        if (document) open(String(document._id));
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const act = useRef<RowActions>(null!);
  act.current = {
    choose: setActive,
    begin,
    open: (document) => open(String(document._id)),
    stop: () => {
      setEditing(null);
      place.current?.focus({ preventScroll: true });
    },
    save: edit,
  };

  const widths = names.map((name) => (name === '_id' ? '13.5rem' : '11rem'));
  const template = widths.map((width, index) => (index === names.length - 1 ? `minmax(${width}, 1fr)` : width)).join(' ');
  const offset = rows.scrollOffset ?? 0;
  const base = Math.floor(first / kBlock) * kBlock;
  return (
    <div
      ref={place}
      role="grid"
      tabIndex={0}
      aria-label={`Documents of ${question.collection}`}
      aria-rowcount={total + 1}
      aria-colcount={names.length}
      aria-activedescendant={active.row >= first && active.row <= last ? `${id}-${active.row}-${active.column}` : undefined}
      aria-busy={windows.isFetching}
      onKeyDown={press}
      style={{ height: kHeadPx + Math.min(total, kTallRows) * kRowPx + kBarPx }}
      className="relative max-h-[max(60vh,20rem)] min-h-40 overflow-auto rounded-lg border border-line bg-panel text-xs contain-strict"
    >
      <div className="w-max min-w-full">
        <GridHead names={names} template={template} sort={question.sort} indexed={indexed} sortBy={sortBy} />
        <div role="rowgroup" style={{ height: map.height }}>
          <div role="presentation" className="relative" style={{ transform: `translateY(${base * kRowPx + map.scrolled(offset) - offset}px)` }}>
            {table.getRowModel().rows.map((row) => (
              <GridRow
                key={row.id}
                row={row}
                id={id}
                top={(row.original.index - base) * kRowPx}
                template={template}
                columns={names}
                active={active.row === row.original.index ? active.column : -1}
                editing={editing?.row === row.original.index ? editing.column : -1}
                act={act}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
