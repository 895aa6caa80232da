// Objects out of JSON text that comes in pieces: of an array, or one after the other (NDJSON). Each comes out on one line. What is inside an
// object is not looked at beyond its quotes and brackets: the server reads it.
export class JsonSplitter {
  private document = '';
  private depth = 0;
  private inText = false;
  private isEscaped = false;
  private line = 1;
  private expect: 'start' | 'document' | 'element' | 'comma' | 'nothing' = 'start';

  constructor(private readonly found: (json: string) => void) {}

  feed(piece: string) {
    let at = 0;
    while (at < piece.length) {
      if (this.depth > 0) {
        at = this.inside(piece, at);
        continue;
      }
      this.between(piece.charAt(at));
      at += 1;
    }
  }

  finish() {
    if (this.depth > 0) this.wrong('the file ends inside a document');
    if (this.expect === 'element' || this.expect === 'comma') this.wrong('the file ends inside the array');
  }

  private wrong(what: string): never {
    throw new Error(`Line ${this.line}: ${what}.`);
  }

  private between(c: string) {
    if (c === '\n') this.line += 1;
    if (c === ' ' || c === '\t' || c === '\r' || c === '\n' || c === '\uFEFF') return;
    if (c === '{' && (this.expect === 'start' || this.expect === 'document' || this.expect === 'element')) {
      if (this.expect === 'start') this.expect = 'document';
      this.depth = 1;
      this.document = c;
    } else if (c === '[' && this.expect === 'start') this.expect = 'element';
    else if (c === ',' && this.expect === 'comma') this.expect = 'element';
    else if (c === ']' && (this.expect === 'comma' || this.expect === 'element')) this.expect = 'nothing';
    else this.wrong(`a JSON array of objects, or an object on each line, was expected, and here stands '${c}'`);
  }

  // The place behind what was taken.
  private inside(piece: string, start: number): number {
    let kept = start;
    for (let at = start; at < piece.length; at += 1) {
      const c = piece.charCodeAt(at);
      if (this.inText) {
        if (this.isEscaped) this.isEscaped = false;
        else if (c === 92) this.isEscaped = true;
        else if (c === 34) this.inText = false;
        else if (c === 10) this.wrong('a text has no closing quote');
      } else if (c === 34) this.inText = true;
      else if (c === 123 || c === 91) this.depth += 1;
      else if (c === 125 || c === 93) {
        this.depth -= 1;
        if (this.depth > 0) continue;
        this.found(this.document + piece.slice(kept, at + 1));
        this.document = '';
        if (this.expect === 'element') this.expect = 'comma';
        return at + 1;
      } else if (c === 10 || c === 13) {
        if (c === 10) this.line += 1;
        this.document += `${piece.slice(kept, at)} `;
        kept = at + 1;
      }
    }
    this.document += piece.slice(kept);
    return piece.length;
  }
}
