// What the server takes as names, said at the field before anything is sent. The server checks again and has the last word.
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

export const kPasswordBytesMin = 12;

export function projectNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9]{4,15}$/.test(name)) return 'A project’s name is 4 to 15 letters or digits.';
}

export function spaceNameProblem(name: string): string | undefined {
  if (!/^[a-z0-9-]{1,30}$/.test(name)) return 'A space’s name is 1 to 30 of a-z, 0-9 and “-”.';
  if (name === 'authenticate' || name === 'graphql') return 'This name is an address of the control plane. Choose another one.';
}

export function variableNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) return 'A variable’s name is letters, digits and “_”, does not begin with a digit, and has at most 128 characters.';
  if (/^(REDD_|LD_)/.test(name) || name === 'NODE_OPTIONS') return 'Names that begin with REDD_ or LD_, and NODE_OPTIONS, belong to the server.';
}

export function domainProblem(name: string): string | undefined {
  const isHostName = name.length <= 253 && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name) && /[a-z]$/.test(name);
  if (!isHostName) return 'A domain is a host name in lower case, as in www.example.com.';
  const rest = name.slice(name.indexOf('.') + 1);
  if (rest === 'localhost' || rest.startsWith('api.')) return 'NAME.localhost and NAME.api.ANY mean projects. Choose another host name.';
}

export function emailProblem(email: string): string | undefined {
  if (!/^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+$/.test(email)) return 'An e-mail address is like name@example.org.';
}

export function nameProblem(name: string): string | undefined {
  if (name === '' || bytesOf(name) > 200 || /[\x00-\x1f\x7f]/.test(name)) return 'A name has 1 to 200 bytes and no control characters.';
}

export function passwordProblem(password: string): string | undefined {
  const size = bytesOf(password);
  if (size < kPasswordBytesMin) return `The password has ${size} of at least ${kPasswordBytesMin} characters. Several words make a good one.`;
  if (size > 1024) return 'The password has more than 1,024 bytes.';
}

export function countProblem(text: string): string | undefined {
  if (!/^\d{1,9}$/.test(text)) return 'A whole number, or 0 for what the server allows.';
}
