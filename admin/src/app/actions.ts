// What one can do in a space, for the palette: where it is done in the UI, and by which command.
export const kActions: { label: string; about: string; command: string; to: string; part?: string }[] = [
  { label: 'Set the JWKS URL', about: 'Whose tokens open this space', command: 'coho jwks URL', to: 'auth' },
  { label: 'Test a token', about: 'Each check with its outcome', command: 'coho token explain TOKEN', to: 'auth', part: 'test' },
  { label: 'Refused requests', about: 'Who was refused, and why', command: 'coho auth refusals', to: 'auth', part: 'refusals' },
  { label: 'Add an API token', about: 'For machines', command: 'coho add-token', to: 'auth', part: 'tokens' },
  { label: 'Set a variable', about: 'Environment of the code', command: 'coho set-env NAME VALUE', to: 'settings' },
  { label: 'Roll back', about: 'The deployment before', command: 'coho rollback', to: 'deployments' },
  { label: 'Upload a bundle', about: 'Deploy from the browser', command: 'coho deploy', to: 'deployments' },
  { label: 'Query documents', about: 'Filter, sort, edit', command: 'coho query COLLECTION', to: 'data' },
  { label: 'Import documents', about: 'JSON, NDJSON or CSV', command: 'coho import FILE', to: 'data' },
  { label: 'Follow the log', about: 'Live', command: 'coho log --follow', to: 'logs' },
  { label: 'Upload a file', about: 'Into the space’s files', command: 'coho files put FILE', to: 'files' },
  { label: 'Call a route', about: 'With a token, as curl or fetch', command: 'curl', to: 'runner' },
];
