// JSON that keeps numbers as they were written: 12345678901234567890 and 1.0 come back as they came, where the browser can (JSON.rawJSON).
// Such a number is an object that JSON.stringify writes as its source; everywhere else it is shown by `textOf`.
interface RawJson {
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
  parse(text: string, reviver: (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown): unknown;
}
const raw = JSON as unknown as RawJson;
const isAble = typeof raw.rawJSON === 'function';

export function parseExact(text: string): unknown {
  if (!isAble) return JSON.parse(text);
  return raw.parse(text, (_, value, context) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? raw.rawJSON(context.source) : value,
  );
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

export const isExactNumber = (value: unknown): boolean => isAble && raw.isRawJSON(value);

export const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object' || isExactNumber(value);

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const kCellMax = 200;

// How a value stands in a cell: a text without its quotes, everything else as JSON, long ones cut.
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > kCellMax ? `${text.slice(0, kCellMax)}…` : text;
}

// A person types a number, true, null or a JSON text in quotes; anything that is no JSON is a text as it stands.
export function valueFrom(typed: string): unknown {
  try {
    return parseExact(typed);
  } catch {
    return typed;
  }
}

// How `value` is typed so that valueFrom() gives it back.
export function typedFrom(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? '' : JSON.stringify(value);
  return valueFrom(value) === value ? value : JSON.stringify(value);
}

// What a person wrote where a JSON object belongs; `problem` says what is wrong with it.
export function objectFrom(text: string): { value: Record<string, unknown>; problem: string } {
  try {
    const value = parseExact(text);
    if (isObject(value)) return { value, problem: '' };
    return { value: {}, problem: 'This is JSON, and no object. Fix: put it in { }.' };
  } catch (error) {
    return { value: {}, problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
