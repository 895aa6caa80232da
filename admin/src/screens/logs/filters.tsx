// What narrows the log down. The server does it, over all lines it keeps; typing waits a moment before it is asked.
import { useEffect, useId, useState } from 'react';
import type { LogLine } from '../../api/shapes';
import { Button, SelectField, TextField } from '../../ui/kit';
import type { LogFilter } from './stream';

const kLevels = ['debug', 'info', 'warn', 'error'];
const kTypingMs = 300;
const kUsualContexts = ['load', 'request', 'routehooks'];

export function useSettled<T>(value: T): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), kTypingMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function Filters({ filter, change, lines }: { filter: LogFilter; change: (filter: LogFilter) => void; lines: LogLine[] }) {
  const id = useId();
  const contexts = [...new Set([...kUsualContexts, ...lines.map((line) => line.context)])].sort();
  const field = (key: keyof LogFilter) => ({
    value: filter[key] ?? '',
    onChange: (event: { target: { value: string } }) => change({ ...filter, [key]: event.target.value || undefined }),
  });
  const isSet = Object.values(filter).some(Boolean);
  return (
    <div role="search" aria-label="Filter" className="grid grid-cols-2 gap-x-3 lg:grid-cols-[2fr_1fr_1fr_1.5fr_auto]">
      <TextField label="Text" placeholder="In capitals or not" {...field('grep')} />
      <SelectField label="Level" {...field('level')}>
        <option value="">All</option>
        {kLevels.map((level) => (
          <option key={level} value={level}>
            {level === 'error' ? 'error' : `${level} and graver`}
          </option>
        ))}
      </SelectField>
      <TextField label="Context" list={id} placeholder="All" {...field('context')} />
      <datalist id={id}>
        {contexts.map((context) => (
          <option key={context} value={context} />
        ))}
      </datalist>
      <TextField label="Request id" placeholder="x-request-id" {...field('request')} />
      {isSet && (
        <div className="col-span-2 mb-2 lg:col-span-1 lg:mt-6 lg:mb-0">
          <Button onClick={() => change({})}>Clear</Button>
        </div>
      )}
    </div>
  );
}
