// Folders and files in one table, folders first. Only what is on the screen exists as elements, whatever a folder holds.
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { FileEntry } from '../../api/shapes';
import { useSpace } from '../../app/space';
import { bytes, dateTime } from '../../ui/format';
import { Button } from '../../ui/kit';

const kRowPx = 38;
const kColumns = 'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-3 px-3 md:grid-cols-[minmax(0,1fr)_5rem_11.5rem_11rem_11rem]';
const kWide = 'hidden min-w-0 truncate text-xs md:block';

interface FileTableProps {
  files: FileEntry[];
  canWrite: boolean;
  show: (file: FileEntry) => void;
  save: (file: FileEntry) => void;
  remove: (file: FileEntry) => void;
}

export function FileTable({ files, canWrite, show, save, remove }: FileTableProps) {
  const place = useRef<HTMLDivElement>(null);
  const sorted = [...files].sort((a, b) => (a.type === b.type ? a.name.localeCompare(b.name) : a.type === 'directory' ? -1 : 1));
  const rows = useVirtualizer({ count: sorted.length, getScrollElement: () => place.current, estimateSize: () => kRowPx, overscan: 8 });
  return (
    <div role="table" aria-label="Files" aria-rowcount={files.length + 1} className="overflow-hidden rounded-lg border border-line bg-panel">
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={`${kColumns} border-b border-line bg-raised py-1.5 text-xs font-medium text-muted`}>
          <span role="columnheader">Name</span>
          <span role="columnheader" className={kWide}>
            Size
          </span>
          <span role="columnheader" className={kWide}>
            Modified
          </span>
          <span role="columnheader" className={kWide}>
            Type
          </span>
          <span role="columnheader">
            <span className="sr-only">Actions</span>
          </span>
        </div>
      </div>
      <div ref={place} role="rowgroup" tabIndex={0} aria-label="Folders and files" className="max-h-[60vh] overflow-auto">
        <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const file = sorted[index];
            return (
              file && (
                <div
                  key={file.path}
                  role="row"
                  aria-rowindex={index + 2}
                  className={`${kColumns} absolute inset-x-0 top-0 border-b border-line hover:bg-raised`}
                  style={{ height: kRowPx, transform: `translateY(${start}px)` }}
                >
                  <Entry file={file} canWrite={canWrite} show={show} save={save} remove={remove} />
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Entry({ file, canWrite, show, save, remove }: Omit<FileTableProps, 'files'> & { file: FileEntry }) {
  const { at } = useSpace();
  const isFolder = file.type === 'directory';
  const look = 'block max-w-full truncate text-left text-accent hover:underline';
  return (
    <>
      <span role="cell" className="min-w-0">
        {isFolder ? (
          <Link to="/p/$project/$space/files" params={at} search={{ path: file.path }} className={look}>
            {file.name}/
          </Link>
        ) : (
          <button type="button" className={look} title={file.name} onClick={() => show(file)}>
            {file.name}
          </button>
        )}
      </span>
      <span role="cell" className={`${kWide} tabular-nums`}>
        {isFolder ? '' : bytes(file.size)}
      </span>
      <span role="cell" className={`${kWide} tabular-nums`}>
        {file.modified === null ? '' : dateTime(file.modified)}
      </span>
      <span role="cell" className={`${kWide} font-mono text-muted`} title={file.contentType ?? ''}>
        {isFolder ? 'folder' : file.contentType}
      </span>
      <span role="cell" className="flex justify-end gap-1">
        {!isFolder && (
          <Button look="bare" className="px-2 text-xs" aria-label={`Download ${file.name}`} onClick={() => save(file)}>
            Download
          </Button>
        )}
        {!isFolder && canWrite && (
          <Button look="bare" className="px-2 text-xs !text-bad" aria-label={`Delete ${file.name}`} onClick={() => remove(file)}>
            Delete
          </Button>
        )}
      </span>
    </>
  );
}
