// What does the same in a terminal, as <Command> shows it: coho's words quoted for a POSIX shell, with the place they are about.
interface Place {
  project: string;
  space?: string;
}

// A word for a POSIX shell.
export const shellWord = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

// `words` that are absent are left out. What stands after a "--" is no option, so the place goes before it.
export function coho(at: Place | null, ...words: (string | false | undefined)[]): string {
  const said = words.filter((word): word is string => typeof word === 'string');
  const end = said.includes('--') ? said.indexOf('--') : said.length;
  const place = at ? ['--project', at.project, ...(at.space ? ['--space', at.space] : [])] : [];
  return ['coho', ...said.slice(0, end), ...place, ...said.slice(end)].map(shellWord).join(' ');
}
