// What one looks for: a filter in the query language of the library, told at its field when the server or JSON itself refuses it.
import { useState, type FormEvent } from 'react';
import { Button, kInput, Field } from '../../ui/kit';
import { objectFrom } from './exact';

interface FilterBarProps {
  text: string;
  refused: string | null; // what the server says about the filter that is applied
  apply: (text: string, filter: Record<string, unknown>) => void;
}

export function FilterBar({ text, refused, apply }: FilterBarProps) {
  const [typed, setTyped] = useState(text);
  const [problem, setProblem] = useState('');
  const run = (next: string) => {
    setTyped(next);
    const { value, problem: wrong } = next.trim() === '' ? { value: {}, problem: '' } : objectFrom(next);
    setProblem(wrong);
    if (!wrong) apply(next.trim(), value);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run(typed);
  };
  return (
    <form onSubmit={submit} className="mb-2">
      <Field
        label="Filter"
        error={problem || (typed.trim() === text ? refused : null)}
        hint={
          <>
            JSON, as in <code className="font-mono">{'{"age": {"$gte": 18}, "name": {"$regex": "^A"}}'}</code>
          </>
        }
      >
        {(ids) => (
          <div className="flex flex-wrap gap-2">
            <input
              autoComplete="off"
              spellCheck={false}
              placeholder="{ }"
              className={`${kInput} min-w-0 flex-1 basis-56 font-mono text-xs`}
              {...ids}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setProblem('');
              }}
            />
            <Button look="main" type="submit">
              Find
            </Button>
            {(text !== '' || typed !== '') && <Button onClick={() => run('')}>Clear</Button>}
          </div>
        )}
      </Field>
    </form>
  );
}
