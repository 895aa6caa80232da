// Why a token was accepted or refused, as the server tells it: the verdict and its fix, the checks, the token's own words, keys and clock.
import type { Explanation, TokenClock } from '../../api/shapes';
import { Code } from '../../ui/code';
import { duration } from '../../ui/format';
import { Badge, Button, Command, Moment, Panel, Table } from '../../ui/kit';
import type { Draft } from './draft';
import type { Fix } from './fixes';

const kOutcome = { passed: 'good', failed: 'bad', skipped: 'plain' } as const;
const kCommand = /^coho jwks \S+(?: --(?:issuer|audience) \S+)*$/;
const kVerified = 'verified';

interface Props {
  answer: Explanation;
  fixes: Fix[];
  fill: (change: Partial<Draft>) => void;
}

function Verdict({ answer, fixes, fill }: Props) {
  if (answer.accepted) {
    return (
      <div role="status" className="rounded-lg border border-good bg-good-tint px-4 py-3 text-good">
        <b>Accepted.</b> A request with this token reaches the code.
      </div>
    );
  }
  return (
    <div role="status" className="flex flex-col gap-3 rounded-lg border border-bad bg-bad-tint px-4 py-3">
      <p className="text-bad">
        <b>Refused: {answer.check}.</b>
      </p>
      {answer.fix && (kCommand.test(answer.fix) ? <Command label="Fix">{answer.fix}</Command> : <p>{answer.fix}.</p>)}
      {fixes.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          {fixes.map(({ label, change }) => (
            <Button key={label} className="max-w-full text-left wrap-anywhere whitespace-normal!" onClick={() => fill(change)}>
              {label}
            </Button>
          ))}
          <span className="text-xs text-ink">Fills the form of the policy; you save it there.</span>
        </div>
      )}
    </div>
  );
}

function Clock({ clock }: { clock: TokenClock }) {
  const rows: [string, number | null][] = [
    ['The server’s clock', clock.serverMs],
    ['Issued', clock.issuedAtMs],
    ['Valid from', clock.notBeforeMs],
    ['Expires', clock.expiresAtMs],
  ];
  const fromNow = (ms: number) => {
    const away = Math.abs(ms - clock.serverMs);
    return ms < clock.serverMs ? `${duration(away)} ago` : `in ${duration(away)}`;
  };
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {rows.map(([label, ms], index) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd>
            <Moment ms={ms} /> {ms !== null && index > 0 && <span className="text-muted">({fromNow(ms)})</span>}
          </dd>
        </div>
      ))}
      <dt className="text-muted">Leeway</dt>
      <dd>{clock.leewayS} s</dd>
    </dl>
  );
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export function Told(props: Props) {
  const { answer } = props;
  return (
    <div className="flex flex-col gap-4">
      <Verdict {...props} />
      {answer.checks.length > 0 && (
        <Panel title="Checks">
          <Table label="Each check" head={['Check', 'Outcome', 'Expected', 'Found']}>
            {answer.checks.map((one) => (
              <tr key={one.check}>
                <td className="whitespace-nowrap">{one.check}</td>
                <td>
                  <Badge kind={kOutcome[one.outcome]}>{one.outcome}</Badge>
                </td>
                <td className="min-w-40 text-xs wrap-anywhere">{one.expected}</td>
                <td className="min-w-40 text-xs wrap-anywhere">{one.found}</td>
              </tr>
            ))}
          </Table>
        </Panel>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {answer.header !== null && (
          <Panel title="Header">
            <Code label="Header of the token" value={pretty(answer.header)} json height="7rem" />
          </Panel>
        )}
        {answer.clock && (
          <Panel title="Clock">
            <Clock clock={answer.clock} />
          </Panel>
        )}
        {answer.claims !== null && (
          <Panel title="Claims">
            <Code label="Claims of the token" value={pretty(answer.claims)} json height="15rem" />
          </Panel>
        )}
        {answer.keys.length > 0 && (
          <Panel title="Keys tried">
            <Table label="Each key" head={['Key ID', 'Kind', 'Outcome']}>
              {answer.keys.map((key, index) => (
                <tr key={`${key.kid} ${index}`}>
                  <td className="font-mono text-xs break-all">{key.kid || '–'}</td>
                  <td className="whitespace-nowrap">
                    {key.kty} {key.alg}
                  </td>
                  <td>
                    <Badge kind={key.outcome === kVerified ? 'good' : 'plain'}>{key.outcome}</Badge>
                  </td>
                </tr>
              ))}
            </Table>
          </Panel>
        )}
      </div>
    </div>
  );
}
