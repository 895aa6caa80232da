// What operations answer (src/control/API.md), as far as the UI reads it. An operation that is not listed answers `unknown`.
export type Role = 'none' | 'viewer' | 'developer' | 'owner';

export interface User {
  id: string;
  name: string;
  email: string;
}
export interface Me extends User {
  role: 'owner' | 'member';
  hasPassword: boolean;
  defaultTeamId: string;
}
export interface Login {
  token: string;
  expiresMs: number;
  user: User | null;
}
export interface ServerInfo {
  version: string;
  node: string;
  sqlite: string;
  dataDir: string;
  projects: number;
  uptimeMs: number;
  isolation: string;
  timeMs: number;
  diskFreeBytes: number;
  diskBytes: number;
}
export interface ProjectBrief {
  id: string;
  name: string;
  uniqueName: string;
  teamId: string;
  role: Role;
  spaces: string[];
}
export interface Member {
  user: User;
  role: Role;
}
export interface Project extends Omit<ProjectBrief, 'spaces'> {
  createdMs: number;
  members: Member[];
  teamMembers: Member[];
  spaces: Space[];
}
export interface Policy {
  url: string;
  issuer: string;
  audience: string[];
  algorithms?: string[];
}
export interface EnvVariable {
  name: string;
  encrypted: boolean;
  value?: string;
}
export interface ApiToken {
  key: string;
  access: 'READWRITE' | 'READ';
  description: string;
}
export interface Split {
  deployment: string;
  percent: number;
}
export interface Space {
  id: string;
  project: string;
  name: string;
  restricted: boolean;
  endpoint: string;
  endpoints: string[];
  jwks: Policy;
  env: EnvVariable[];
  tokens: ApiToken[];
  allowedHosts: string[];
  corsOrigins: string[];
  domains: string[];
  limits: { requestDeadlineMs: number; requestsMax: number; workerHeapMiB: number };
  deployment: { id: string; createdMs: number; routes: Route[]; bundleBytes: number } | null;
  split: Split | null;
}
export type Route = { method: string; path: string } | string;
export interface Hooks {
  routes: string[];
  auth: string[];
  queues: string[];
  jobs: string[];
  realtime: string[];
}
export interface Deployment {
  id: string;
  active: boolean;
  percent: number;
  createdMs: number;
  author: string;
  gitHash: string;
  gitBranch: string;
  language: string;
  bundleBytes: number;
  restores: string; // "": it is no roll-back
  hooks: Hooks;
}
export interface LogLine {
  id: string; // rising
  time: number;
  level: string;
  context: string;
  requestId: string;
  text: string;
  fields: RequestFields;
}
// Of lines of context `request`; of others it is empty.
export interface RequestFields {
  method?: string;
  path?: string;
  status?: number;
  durationMs?: number;
  deployment?: string;
  client?: string;
  address?: string;
  reason?: string;
  expected?: string;
  found?: string;
  error?: string;
  timeline?: Stage[];
}
export interface Stage {
  name: string;
  startUs: number;
  durationUs: number;
  detail?: string;
}
export interface Check {
  check: string;
  outcome: 'passed' | 'failed' | 'skipped';
  expected: string;
  found: string;
}
export interface Explanation {
  accepted: boolean;
  check: string;
  fix: string;
  header: unknown;
  claims: unknown;
  checks: Check[];
  keys: { kid: string; kty: string; alg: string; outcome: string }[];
  clock?: TokenClock; // absent of a credential that is no token of an identity provider
}
// Milliseconds since 1970, or seconds from the server's now; null: the token does not say.
export interface TokenClock {
  serverMs: number;
  leewayS: number;
  issuedAtMs: number | null;
  notBeforeMs: number | null;
  expiresAtMs: number | null;
  issuedInS: number | null;
  expiresInS: number | null;
}
export interface Refused extends RequestFields {
  time: number;
  requestId: string;
}
export interface AuthStatus {
  url: string;
  issuer: string;
  audience: string[];
  algorithms?: string[];
  keys: { kid: string; kty: string; alg: string }[];
  unusable: string[];
  fetchedAtMs: number | null;
  ageS: number | null;
  triedAtMs: number | null;
  error: string;
}
export interface Worker {
  id: string;
  pid: number;
  deployment: string;
  state: string;
  invocations: number;
  memoryBytes?: number;
}
export interface Point {
  timeMs: number;
  requests: number;
  failures: number;
  refusals: number;
  p50Ms: number | null; // null: no request reached the code
  p99Ms: number | null;
}
export interface Activity {
  startedMs: number;
  stepMs: number;
  points: Point[];
  workers: Worker[];
  documents: number;
  bytes: number;
  requestsTotal: number;
  refusalsTotal: number;
}
export interface Impact {
  sinceMs: number;
  callers: number;
  refused: number;
  reasons: { reason: string; callers: number; example: { issuer: string; audience: string[] | string; algorithm: string; kid: string; lastMs: number } }[];
  keysProblem?: string;
}
export interface IndexInfo {
  fields: string[];
  state: 'building' | 'ready';
}
export interface Collection {
  name: string;
  documents: number;
  createdMs: number;
  schema: Record<string, unknown> | null;
  cap: number | null;
  indexes: IndexInfo[];
}
export interface Advice {
  collection: string;
  fields: string[];
  queries: number;
  readAverage: number;
  returnedAverage: number;
  slowestMs: number;
  lastMs: number;
}
export type Document = Record<string, unknown> & { _id: string | number };
export interface KeyValue {
  key: string;
  value: unknown;
  expiresMs?: number; // absent: it stays
}
export interface FileEntry {
  name: string;
  path: string;
  type: 'file' | 'directory';
  size: number;
  modified: number | null;
  contentType: string | null;
}
export interface Token {
  id: string;
  kind: string;
  name: string;
  prefix: string;
  role: Role;
  project?: string;
  space?: string;
  createdMs: number;
  expiresMs: number | null;
  lastUsedMs: number | null;
  secret?: string; // once, when it is made
}
export interface Team {
  id: string;
  name: string;
  isDefault: boolean;
  role: Role;
  createdMs: number;
}
export interface TeamWhole extends Team {
  members: Member[];
  projects: { id: string; name: string; uniqueName: string }[];
}
export interface UserRow extends User {
  serverOwner: boolean;
  hasPassword: boolean;
  defaultTeamId: string;
  createdMs: number;
}
export interface Invitation {
  id: string;
  email: string;
  role: Role;
  teamId?: string;
  teamName?: string;
  projectId?: string;
  project?: string;
  projectName?: string;
  createdByName: string;
  createdByEmail: string;
  createdMs: number;
  expiresMs: number;
  mine: boolean;
  code?: string;
}
export interface AuditRow {
  number: number;
  timeMs: number;
  who: string;
  whoName: string;
  credential: string;
  action: string;
  target: string;
  peer: string;
  status: number;
}
export interface Backup {
  name: string;
  bytes: number;
  createdMs: number;
  version: string;
}
export interface Backups {
  folder: string;
  everyMs: number;
  keep: number;
  s3: string; // the store's address; "": none
  lastMs: number;
  lastProblem: string;
  s3Keep: number;
  s3Problem: string;
  s3Backups: { name: string; bytes: number }[];
  backups: Backup[];
}
export interface Trashed {
  id: string;
  name: string;
  removedMs: number;
  purgeMs: number;
}
export interface Difference {
  setting: string;
  left?: unknown;
  right?: unknown;
  leftSealed?: boolean;
  rightSealed?: boolean;
}
export interface Usage {
  name: string;
  requests: number;
  invocations: number;
  codeMs: number;
  documents: number;
  bytes: number;
}

export interface Answers {
  'setup.get': { open: boolean; here: boolean; passwords: boolean };
  setup: Login;
  'session.create': Login;
  'account.redeem': Login;
  me: Me;
  'server.info': ServerInfo;
  'project.list': { projects: ProjectBrief[] };
  'project.create': Project;
  'project.get': Project;
  'project.usage': { sinceMs: number; spaces: Usage[] };
  'space.get': Space;
  'space.create': Space;
  'space.rename': Space;
  'space.copy': Space;
  'space.restore': Space;
  'space.trash': { spaces: Trashed[] };
  'space.diff': { left: string; right: string; differences: Difference[] };
  'space.settings': { settings: Record<string, unknown> };
  'space.activity': Activity;
  'space.moments': { moments: { fromMs: number; toMs: number }[] };
  'token.add': ApiToken;
  'jwks.set': Space;
  'hosts.set': Space;
  'cors.set': Space;
  'deploy.list': { deployments: Deployment[] };
  deploy: { id: string; routes: Route[]; bundleBytes: number; startMs: number };
  'deploy.rollback': { id: string; restores: string; replaced: string; routes: Route[]; tookMs: number };
  'log.tail': { lines: LogLine[] };
  'token.explain': Explanation;
  'auth.refusals': { refusals: Refused[]; counts: { reason: string; count: number }[] };
  'auth.status': AuthStatus;
  'auth.impact': Impact;
  'worker.list': { workers: Worker[] };
  'collection.list': { collections: Collection[] };
  'index.advice': { advice: Advice[] };
  'document.count': { count: number };
  'document.get': Document;
  'document.insert': Document;
  'document.replace': Document;
  'documents.remove': { count: number };
  'key.set': KeyValue;
  'key.get': KeyValue;
  'key.removeAll': { count: number };
  'file.list': { path: string; files: FileEntry[] };
  'personalToken.list': { tokens: Token[] };
  'personalToken.add': Token;
  'adminToken.list': { tokens: Token[] };
  'adminToken.add': Token;
  'user.list': { users: UserRow[] };
  'user.add': { user: User; code?: string };
  'user.link': { code: string };
  'team.list': { teams: Team[] };
  'team.create': Team;
  'team.get': TeamWhole;
  'invitation.list': { invitations: Invitation[] };
  'team.invite': Invitation;
  'project.invite': Invitation;
  'audit.list': { rows: AuditRow[] };
  'audit.verify': { good: boolean; rows: number; firstBad?: number; what?: string };
  'backup.list': Backups;
  'secrets.rotate': { variables: number; tokens: number };
}
