// The space's own files: folders by their path, upload by button or by dropping, download, preview, removal.
import { Link, useSearch } from '@tanstack/react-router';
import { useState, type DragEvent } from 'react';
import { send } from '../../api/client';
import { sayRefusal, useChange, useRead } from '../../api/hooks';
import type { FileEntry } from '../../api/shapes';
import { kReadOnly, useSpace } from '../../app/space';
import { coho } from '../../ui/command';
import { Confirm } from '../../ui/dialog';
import { Button, Command, Empty, ScreenHead, Show } from '../../ui/kit';
import { saveAnswer } from '../../ui/save';
import { FileTable } from './file_table';
import { FolderDialog } from './folder_dialog';
import { Preview } from './preview';
import { useUpload } from './upload';
import { UploadButton } from './upload_button';

function Crumbs({ path }: { path: string }) {
  const { at } = useSpace();
  const parts = path.split('/').filter(Boolean);
  return (
    <nav aria-label="Folders" className="mb-3 flex flex-wrap items-center gap-1 font-mono text-xs">
      <Link to="/p/$project/$space/files" params={at} search={{}} className="rounded px-1 py-0.5 text-accent hover:underline">
        /
      </Link>
      {parts.map((part, index) => {
        const to = `/${parts.slice(0, index + 1).join('/')}`;
        return (
          <span key={to} className="flex items-center gap-1">
            {index > 0 && <span className="text-muted">/</span>}
            <Link
              to="/p/$project/$space/files"
              params={at}
              search={{ path: to }}
              aria-current={index === parts.length - 1 ? 'page' : undefined}
              className="rounded px-1 py-0.5 text-accent hover:underline"
            >
              {part}
            </Link>
          </span>
        );
      })}
    </nav>
  );
}

export function Files() {
  const { at, canWrite } = useSpace();
  const { path = '/' } = useSearch({ from: '/p/$project/$space/files' });
  const list = useRead('file.list', { ...at, path }, { refetchInterval: 5_000 });
  const [removing, setRemoving] = useState<FileEntry | null>(null);
  const [shown, setShown] = useState<FileEntry | null>(null);
  const [isNaming, setNaming] = useState(false);
  const [isOver, setOver] = useState(false);
  const upload = useUpload(path, list.data?.files ?? []);
  const remove = useChange('file.remove', { stale: ['file.list'], said: 'The file is deleted.', then: () => setRemoving(null), quiet: true });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (canWrite) upload.add([...event.dataTransfer.files]);
  };
  return (
    <div
      className={`min-h-[70vh] rounded-lg ${isOver && canWrite ? 'outline-2 outline-offset-4 outline-accent outline-dashed' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={drop}
    >
      <ScreenHead
        title="Files"
        about="What the space’s code stores and serves as files."
        actions={
          canWrite && (
            <>
              <Button onClick={() => setNaming(true)}>New folder</Button>
              <UploadButton choose={upload.add} />
            </>
          )
        }
      />
      <Crumbs path={path} />
      <Show query={list}>
        {({ files }) =>
          files.length === 0 ? (
            <Empty title={path === '/' ? 'No files yet.' : `Nothing is in ${path} yet.`}>
              <p>
                {canWrite
                  ? 'Drop files here, or press Upload. A folder is there as long as something is in it.'
                  : 'The space’s code can store some.'}
              </p>
            </Empty>
          ) : (
            <FileTable
              files={files}
              canWrite={canWrite}
              show={setShown}
              save={(file) => void saveAnswer(file.name, (signal) => send('file.read', { ...at, path: file.path }, { signal })).catch(sayRefusal)}
              remove={setRemoving}
            />
          )
        }
      </Show>
      {!canWrite && <p className="mt-2 text-muted">{kReadOnly}</p>}
      <div className="mt-3 flex flex-col gap-2">
        <Command>{coho(at, 'files', 'ls', path)}</Command>
        {canWrite && <Command>{coho(at, 'files', 'put', 'FILE', '--target', path)}</Command>}
      </div>
      <Preview file={shown} close={() => setShown(null)} />
      <FolderDialog path={path} open={isNaming} close={() => setNaming(false)} />
      <Confirm
        title={`Delete ${removing?.name ?? ''}`}
        open={removing !== null}
        close={() => setRemoving(null)}
        word=""
        action="Delete the file"
        change={remove}
        command={coho(at, 'files', 'rm', removing?.path)}
        run={() => removing && remove.mutate({ ...at, path: removing.path })}
      >
        <b className="font-mono break-all">{removing?.path}</b> is deleted; only a backup brings it back.
      </Confirm>
      <Confirm
        title="Replace files"
        open={upload.doubles.length > 0}
        close={() => upload.decide(false)}
        word=""
        action="Replace"
        run={() => upload.decide(true)}
      >
        {path} already has <b className="break-all">{upload.doubles.join(', ')}</b>. The upload takes the place of what is there.
      </Confirm>
    </div>
  );
}
