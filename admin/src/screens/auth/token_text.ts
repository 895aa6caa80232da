// What people paste as a token is often the whole header.
export const bareToken = (text: string) =>
  text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '');
