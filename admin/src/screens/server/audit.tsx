// Who changed what on the server, a page at a time, newest first; each row is chained to the one before it.
import { useState } from 'react';
import { useChange, useRead } from '../../api/hooks';
import { number } from '../../ui/format';
import { Badge, Button, Command, Moment, Panel, Show, Table } from '../../ui/kit';

const kPage = 50;

export function Audit() {
  const [before, setBefore] = useState<number | undefined>(undefined);
  const page = useRead('audit.list', { before, limit: kPage }, { refetchInterval: before === undefined ? 5_000 : false, placeholderData: (old) => old });
  const verify = useChange('audit.verify');
  const rows = page.data?.rows ?? [];
  return (
    <Panel
      title="Audit log"
      actions={
        <Button busy={verify.isPending} onClick={() => verify.mutate({})}>
          Verify the log
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {verify.data && (
          <p role="status" className={`rounded-md border px-3 py-2 ${verify.data.good ? 'border-good bg-good-tint text-good' : 'border-bad bg-bad-tint text-bad'}`}>
            {verify.data.good
              ? `No row was changed or taken out: ${number(verify.data.rows)} were checked.`
              : `The log was changed at row ${verify.data.firstBad ?? '?'}: ${verify.data.what ?? 'it does not fit the row before it'}.`}
          </p>
        )}
        <Show query={page}>
          {() => (
            <Table label="Rows of the audit log" head={['No.', 'When', 'Who', 'Did', 'To', 'From', 'Answer']}>
              {rows.map((row) => (
                <tr key={row.number}>
                  <td className="text-right text-muted tabular-nums">{row.number}</td>
                  <td>
                    <Moment ms={row.timeMs} />
                  </td>
                  <td className="max-w-48 min-w-24 break-words" title={row.credential}>
                    {row.whoName || row.who || '–'}
                  </td>
                  <td className="font-mono whitespace-nowrap">{row.action}</td>
                  <td className="min-w-40 font-mono break-all">{row.target}</td>
                  <td className="font-mono whitespace-nowrap">{row.peer}</td>
                  <td>
                    <Badge kind={row.status >= 400 ? 'warn' : 'good'}>{row.status}</Badge>
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </Show>
        <div className="flex flex-wrap items-center gap-2">
          <Button disabled={before === undefined} onClick={() => setBefore(undefined)}>
            Newest
          </Button>
          <Button disabled={rows.length < kPage} onClick={() => setBefore(rows.at(-1)?.number)}>
            Older
          </Button>
          <div className="min-w-0 flex-1 basis-48">
            <Command>{`coho audit --limit ${kPage}`}</Command>
          </div>
        </div>
      </div>
    </Panel>
  );
}
