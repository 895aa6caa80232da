// Whom of the last day's callers another policy would refuse, in words.
import type { Impact } from '../../api/shapes';
import { plural } from '../../ui/format';
import { Badge, Moment, Table } from '../../ui/kit';

const textOf = (value: string | string[]) => (Array.isArray(value) ? value.join(', ') : value) || '–';

export function ImpactWords({ impact }: { impact: Impact | null }) {
  if (!impact) return <p>It holds from the next request on. This server cannot say beforehand whom it would refuse; the list of refused requests will show it.</p>;
  return (
    <div className="flex flex-col gap-3">
      {impact.callers === 0 ? (
        <p>Nobody has called this space with an accepted token in the last day, so there is nobody whom it could refuse.</p>
      ) : impact.refused === 0 ? (
        <p>
          <Badge kind="good">Nobody is refused</Badge> All {plural(impact.callers, 'caller')} since <Moment ms={impact.sinceMs} /> stay accepted.
        </p>
      ) : (
        <p>
          <Badge kind="bad">{plural(impact.refused, 'caller')} refused</Badge> Of the {plural(impact.callers, 'caller')} since <Moment ms={impact.sinceMs} />, it would refuse these:
        </p>
      )}
      {impact.keysProblem && <p className="text-warn">The keys could not be judged: {impact.keysProblem}</p>}
      {impact.reasons.length > 0 && (
        <Table label="Who would be refused" head={['Reason', 'Callers', 'The last of them']}>
          {impact.reasons.map(({ reason, callers, example }) => (
            <tr key={reason}>
              <td className="whitespace-nowrap">{reason}</td>
              <td className="tabular-nums">{callers}</td>
              <td className="text-xs wrap-anywhere text-muted">
                iss {textOf(example.issuer)} · aud {textOf(example.audience)} · {example.algorithm} · kid {example.kid || '–'} · <Moment ms={example.lastMs} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </div>
  );
}
