// Rows of names and values: the query and the headers of a request.
import { useId } from 'react';
import { Button, kInput } from '../../ui/kit';
import type { Row } from './request';

interface Props {
  title: string;
  one: string; // "header"
  rows: Row[];
  problems: Record<number, string>;
  change: (rows: Row[]) => void;
}

export function Rows({ title, one, rows, problems, change }: Props) {
  const id = useId();
  const put = (index: number, part: Partial<Row>) => change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 font-medium">{title}</legend>
      {rows.map((row, index) => {
        const said = problems[index] ? { 'aria-invalid': true, 'aria-describedby': `${id}-${index}` } : {};
        return (
          <div key={index} className="flex flex-col gap-1">
            <div className="grid grid-cols-[2fr_3fr_auto] gap-2">
              <input aria-label={`Name of ${one} ${index + 1}`} placeholder="name" autoComplete="off" spellCheck={false} className={kInput} value={row.name} onChange={(event) => put(index, { name: event.target.value })} {...said} />
              <input aria-label={`Value of ${one} ${index + 1}`} placeholder="value" autoComplete="off" spellCheck={false} className={kInput} value={row.value} onChange={(event) => put(index, { value: event.target.value })} />
              <Button look="bare" aria-label={`Remove ${one} ${index + 1}`} onClick={() => change(rows.filter((_, at) => at !== index))}>
                ✕
              </Button>
            </div>
            {problems[index] && (
              <span id={`${id}-${index}`} role="alert" className="text-xs text-bad">
                {problems[index]}
              </span>
            )}
          </div>
        );
      })}
      <div>
        <Button onClick={() => change([...rows, { name: '', value: '' }])}>Add a {one}</Button>
      </div>
    </fieldset>
  );
}
