// A folder is there when a file is in it: naming one goes there, and the first upload makes it.
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useSpace } from '../../app/space';
import { Dialog } from '../../ui/dialog';
import { Button, TextField } from '../../ui/kit';

export function FolderDialog({ path, open, close }: { path: string; open: boolean; close: () => void }) {
  const { at } = useSpace();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (!wanted || wanted.includes('/') || wanted === '.' || wanted === '..') return setProblem('A name of its own, without slashes.');
    close();
    setName('');
    void navigate({ to: '/p/$project/$space/files', params: at, search: { path: joined(path, wanted) } });
  };
  return (
    <Dialog title="New folder" open={open} close={close}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label="Name of the folder"
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setProblem('');
          }}
          error={problem}
          hint="It is made by the first file that is uploaded into it."
        />
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button look="main" type="submit">
            Go there
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export const joined = (folder: string, name: string) => `${folder === '/' ? '' : folder}/${name}`;
