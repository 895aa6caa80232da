// What came back: status, time, headers and body; of a refusal also why, and the way to what would mend it.
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useSpace } from '../../app/space';
import { Code } from '../../ui/code';
import { bytes, duration } from '../../ui/format';
import { Badge, Button, CopyButton, Panel, Table } from '../../ui/kit';
import { isPicture, Picture } from '../../ui/picture';
import { saveBlob } from '../../ui/save';
import { isJson, type Answer } from './send';

const kRefusals = [401, 403, 503];

function kindOf(status: number) {
  if (status >= 200 && status < 300) return 'good';
  return status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'plain';
}

const headerIn = ({ headers }: Answer, name: string) => headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? '';

// Why Redd refused, as far as it tells callers: in the body, or in the challenge; "" when the refusal is the app's own.
export function reasonOf(answer: Answer): string {
  if (!kRefusals.includes(answer.status)) return '';
  try {
    const { reason, error } = JSON.parse(answer.text ?? '') as { reason?: unknown; error?: unknown };
    if (typeof reason === 'string') return reason;
    const said = /error_description="([^"]*)"/.exec(headerIn(answer, 'www-authenticate'))?.[1];
    return said ?? (headerIn(answer, 'x-request-id') && typeof error === 'string' ? error : '');
  } catch {
    return '';
  }
}

function Refusal({ answer, explain }: { answer: Answer; explain: (() => void) | null }) {
  const { at } = useSpace();
  const reason = reasonOf(answer);
  const request = headerIn(answer, 'x-request-id');
  if (!reason) return null;
  return (
    <div role="status" className="flex flex-col gap-3 rounded-md border border-bad bg-bad-tint px-3 py-2">
      <p className="wrap-anywhere text-bad">
        <b>Redd refused it before the code ran:</b> {reason}
      </p>
      <div className="flex flex-wrap items-center gap-3">
        {explain && <Button onClick={explain}>Explain this token</Button>}
        {request && (
          <Link to="/p/$project/$space/logs" params={at} search={{ request }} className="text-ink underline">
            This request in the log
          </Link>
        )}
      </div>
    </div>
  );
}

function pretty({ text, type, isCut }: Answer): string {
  if (text === null) return '';
  if (isCut || !(isJson(type) || type === '')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// As high as its lines, within bounds.
const heightOf = (text: string) => `${Math.min(26, Math.max(4, text.split('\n').length * 1.05 + 1))}rem`;

function Body({ answer }: { answer: Answer }) {
  const shown = useMemo(() => pretty(answer), [answer]);
  const height = heightOf(shown);
  if (answer.body.size === 0) return <p className="text-muted">The body is empty.</p>;
  if (answer.text !== null) {
    return (
      <div className="flex flex-col gap-1">
        {answer.isCut && <p className="text-muted">Only the beginning is shown.</p>}
        <Code key={height} label="Body of the answer" value={shown} json={isJson(answer.type)} height={height} />
        <div className="flex justify-end">
          <CopyButton text={shown} label="Copy the body" />
        </div>
      </div>
    );
  }
  return (
    <div className="flex flex-col items-start gap-2">
      {isPicture(answer.type) && <Picture blob={answer.body} type={answer.type} alt="The body of the answer" />}
      <Button onClick={() => saveBlob(answer.body, 'answer')}>Save the body ({bytes(answer.body.size)})</Button>
    </div>
  );
}

export function AnswerView({ answer, isForeign, explain }: { answer: Answer; isForeign: boolean; explain: (() => void) | null }) {
  return (
    <Panel title="Answer">
      <div className="flex flex-col gap-4">
        <p role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge kind={kindOf(answer.status)}>
            {answer.status || ''} {answer.statusText}
          </Badge>
          <span className="tabular-nums">{duration(answer.tookMs)}</span>
          <span>{bytes(answer.body.size)}</span>
          {answer.type && <span className="text-muted">{answer.type}</span>}
        </p>
        {answer.status === 0 ? (
          <p>The answer sends the caller elsewhere. Browsers do not tell a page where to, and this page does not follow: copy the request as curl to see it.</p>
        ) : (
          <>
            <Refusal answer={answer} explain={explain} />
            <Body answer={answer} />
            <Table label="Headers of the answer" head={['Header', 'Value']}>
              {answer.headers.map(([name, value], index) => (
                <tr key={`${name} ${index}`}>
                  <td className="font-mono text-xs whitespace-nowrap">{name}</td>
                  <td className="min-w-48 font-mono text-xs wrap-anywhere">{value}</td>
                </tr>
              ))}
            </Table>
            {isForeign && <p className="text-xs text-muted">The space has an origin of its own, so the browser shows this page only some of the headers. curl shows all.</p>}
          </>
        )}
      </div>
    </Panel>
  );
}
