// CSV as RFC 4180 has it, in pieces; records become documents as `coho import` makes them: the first record names the fields, numbers and
// true/false are read as such, columns whose name begins with '_' are left out, and so are fields without text unless they stand in quotes.
interface CsvField {
  text: string;
  isQuoted: boolean;
}

// Only what reads back the same is a number: 007 and +47 stay text, 12.50 is one.
function isNumber(text: string): boolean {
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return false;
  const shortest = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return String(Number(text)) === shortest;
}

function jsonOf({ text, isQuoted }: CsvField): string | null {
  if (text === '' && !isQuoted) return null;
  if (text === 'true' || text === 'false' || isNumber(text)) return text;
  return JSON.stringify(text);
}

export class CsvReader {
  private names: (string | null)[] | null = null;
  private record: CsvField[] = [];
  private text = '';
  private isQuoted = false;
  private state: 'start' | 'plain' | 'quoted' | 'quote' = 'start';
  private line = 1;

  constructor(
    private readonly separator: string,
    private readonly found: (json: string) => void,
  ) {}

  feed(piece: string) {
    for (const c of piece) this.take(c);
  }

  finish() {
    if (this.state === 'quoted') throw new Error(`Line ${this.line}: the file ends inside quotes.`);
    if (this.state !== 'start' || this.record.length > 0) this.endRecord();
  }

  private take(c: string) {
    if (c === '\n') this.line += 1;
    if (this.state === 'quoted') {
      if (c === '"') this.state = 'quote';
      else this.text += c;
    } else if (this.state === 'quote' && c === '"') {
      this.text += c;
      this.state = 'quoted';
    } else if (c === this.separator) this.endField();
    else if (c === '\n') this.endRecord();
    else if (c === '\r') return;
    else if (c === '"' && this.state === 'start') {
      this.state = 'quoted';
      this.isQuoted = true;
    } else if (this.state === 'quote') {
      throw new Error(`Line ${this.line}: after a closing quote a separator or the end of the line was expected, and here stands '${c}'.`);
    } else {
      this.text += c;
      this.state = 'plain';
    }
  }

  private endField() {
    this.record.push({ text: this.text, isQuoted: this.isQuoted });
    this.text = '';
    this.isQuoted = false;
    this.state = 'start';
  }

  private endRecord() {
    this.endField();
    const record = this.record;
    this.record = [];
    if (record.length === 1 && record[0]?.text === '' && !record[0].isQuoted) return;
    if (!this.names) {
      const names = record.map(({ text }, index) => (index === 0 ? text.replace(/^\uFEFF/, '') : text));
      this.names = names.map((name) => (name.startsWith('_') || name === '' ? null : name));
      return;
    }
    if (record.length > this.names.length) {
      throw new Error(`Line ${this.line - 1}: ${record.length} fields, and the first line names ${this.names.length}.`);
    }
    const members: string[] = [];
    for (const [index, field] of record.entries()) {
      const name = this.names[index];
      const json = jsonOf(field);
      if (name && json !== null) members.push(`${JSON.stringify(name)}:${json}`);
    }
    this.found(`{${members.join(',')}}`);
  }
}
