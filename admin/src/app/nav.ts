// The screens of a space, in the order of the navigation, by group. A new screen is a line here and a route in router.tsx; queues, jobs,
// schedules and workflows get a group "Background work" of their own between "Data" and "Code".
export interface Screen {
  path: string;
  label: string;
  icon: string; // the path data of a 16×16 drawing
  about: string; // in the palette
}

export const kGroups: { label: string; screens: Screen[] }[] = [
  {
    label: 'Space',
    screens: [
      { path: 'overview', label: 'Overview', icon: 'M2 14V9h3v5zm4.5 0V2h3v12zM11 14V6h3v8z', about: 'Requests, errors, times, workers, storage' },
      { path: 'auth', label: 'Auth', icon: 'M8 1l6 2v5c0 3-2.500 6-6 7-3.500-1-6-4-6-7V3z', about: 'Key set, token test, refusals, API tokens, hosts and origins' },
      { path: 'logs', label: 'Logs', icon: 'M2 3h12v2H2zm0 4h9v2H2zm0 4h11v2H2z', about: 'What the code printed and each request left' },
    ],
  },
  {
    label: 'Data',
    screens: [
      { path: 'data', label: 'Documents', icon: 'M8 1c3.300 0 6 1 6 2.500v9C14 14 11.300 15 8 15s-6-1-6-2.500v-9C2 2 4.700 1 8 1z', about: 'Collections, documents, schemas, indexes' },
      { path: 'keys', label: 'Key/value', icon: 'M5 6a3.500 3.500 0 1 0 3.300 4.700H11V13h2v-2.300h1.500v-2H8.300A3.500 3.500 0 0 0 5 6z', about: 'Keys by keyspace, with their time to live' },
      { path: 'files', label: 'Files', icon: 'M3 1h6l4 4v10H3z', about: 'The space’s own files' },
    ],
  },
  {
    label: 'Code',
    screens: [
      { path: 'deployments', label: 'Deployments', icon: 'M8 1l5 5h-3v5H6V6H3zM2 13h12v2H2z', about: 'History, rollback, split, upload' },
      { path: 'runner', label: 'API runner', icon: 'M4 2l10 6-10 6z', about: 'Try a route of the deployed code' },
    ],
  },
  {
    label: 'Administration',
    screens: [
      { path: 'settings', label: 'Settings', icon: 'M2 4h5V2h2v2h5v2H9v2H7V6H2zm0 7h8V9h2v2h2v2h-2v2h-2v-2H2z', about: 'Variables, limits, domains, members, removal' },
    ],
  },
];
