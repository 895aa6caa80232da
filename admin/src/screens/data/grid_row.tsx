// A row of the grid. It is drawn anew only when its document, its columns or its own part of the state change, whatever else moves.
import { memo } from 'react';
import type { Document } from '../../api/shapes';
import { Cell } from './cell';

export const kRowPx = 28;

export interface RowValue {
  index: number;
  document: Document | undefined;
}
// What the grid needs of a row of its table.
interface TableRow {
  original: RowValue;
  getVisibleCells(): { column: { id: string }; getValue(): unknown }[];
}
export interface Place {
  row: number;
  column: number;
}
export interface RowActions {
  choose: (at: Place) => void;
  begin: (at: Place) => void;
  open: (document: Document) => void;
  stop: () => void;
  save: (document: Document, field: string, value: unknown) => Promise<void>;
}

interface GridRowProps {
  row: TableRow;
  id: string;
  top: number; // px
  template: string;
  columns: unknown; // another value when other columns are shown
  active: number; // column; -1: none of this row
  editing: number;
  act: { readonly current: RowActions };
}

function Row({ row, id, top, template, active, editing, act }: GridRowProps) {
  const { index, document } = row.original;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className="absolute inset-x-0 top-0 grid border-b border-line hover:bg-raised"
      style={{ gridTemplateColumns: template, height: kRowPx, transform: `translateY(${top}px)` }}
    >
      {row.getVisibleCells().map((cell, column) => (
        <Cell
          key={cell.column.id}
          id={`${id}-${index}-${column}`}
          name={cell.column.id}
          value={cell.getValue()}
          isHere={document !== undefined}
          isActive={active === column}
          isEditing={editing === column}
          choose={() => act.current.choose({ row: index, column })}
          begin={() => act.current.begin({ row: index, column })}
          open={() => document && act.current.open(document)}
          stop={() => act.current.stop()}
          save={(value) => (document ? act.current.save(document, cell.column.id, value) : Promise.resolve())}
        />
      ))}
    </div>
  );
}

export const GridRow = memo(Row, (a, b) => {
  const { row: before, ...restBefore } = a;
  const { row: now, ...restNow } = b;
  const names = Object.keys(restNow) as (keyof typeof restNow)[];
  const isSameRow = before.original.index === now.original.index && before.original.document === now.original.document;
  return isSameRow && names.every((name) => restBefore[name] === restNow[name]);
});
