// What one can do in a space, for the palette: where it is done in the UI, and by which of coho's commands.
export const kActions: { label: string; about: string; command?: string; to: string; part?: string }[] = [
  { label: 'Set the JWKS URL', about: 'Whose tokens open this space', command: 'jwks URL', to: 'auth' },
  { label: 'Test a token', about: 'Each check with its outcome', command: 'token explain TOKEN', to: 'auth', part: 'test' },
  { label: 'Refused requests', about: 'Who was refused, and why', command: 'auth refusals', to: 'auth', part: 'refusals' },
  { label: 'Create an API token', about: 'For machines', command: 'add-token', to: 'auth', part: 'tokens' },
  { label: 'Set a variable', about: 'Environment of the code', command: 'set-env NAME VALUE', to: 'settings' },
  { label: 'Roll back', about: 'The deployment before', command: 'rollback', to: 'deployments' },
  { label: 'Upload a bundle', about: 'Deploy from the browser', command: 'deploy', to: 'deployments' },
  { label: 'Query documents', about: 'Filter, sort, edit', command: 'query COLLECTION', to: 'data' },
  { label: 'Import documents', about: 'JSON, NDJSON or CSV', command: 'import COLLECTION FILE', to: 'data' },
  { label: 'Follow the log', about: 'Live', command: 'log --follow', to: 'logs' },
  { label: 'Upload a file', about: 'Into the space’s files', command: 'files put FILE', to: 'files' },
  { label: 'Call a route', about: 'With a token, as curl or fetch', to: 'runner' },
];
