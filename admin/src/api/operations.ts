// Made by admin/types.mjs from the OpenAPI document of the control plane: do not edit.

export type Permission = 'anyone' | 'account' | 'person' | 'viewer' | 'developer' | 'owner' | 'server';

// What each operation takes: parts of its path, and of its query or its JSON body.
export interface Operations {
  'account.redeem': { code: string; name?: string; password: string };
  'adminToken.add': { team: string; name?: string; role?: string; project?: string; space?: string; expiresMs?: number };
  'adminToken.list': { team: string };
  'adminToken.remove': { team: string; tokenId: string };
  'audit.list': { before?: number; limit?: number };
  'audit.verify': Record<never, never>;
  'auth.impact': { project: string; space: string; url: string; issuer?: string; audience?: string[]; algorithms?: string[] };
  'auth.refusals': { project: string; space: string; tail?: number };
  'auth.status': { project: string; space: string; fetch?: boolean };
  'backup.create': { passphrase?: string };
  'backup.download': { backup: string };
  'backup.list': Record<never, never>;
  'backup.remove': { backup: string };
  'backup.verify': { backup: string };
  'cap.remove': { project: string; space: string; collection: string };
  'cap.set': { project: string; space: string; collection: string; cap: number };
  'cliLogin.confirm': { uuid: string };
  'cliLogin.get': { uuid: string };
  'cliLogin.wait': { uuid: string };
  'collection.create': { project: string; space: string; collection: string; schema?: unknown; cap?: number };
  'collection.list': { project: string; space: string; system?: boolean };
  'collection.remove': { project: string; space: string; collection: string };
  'cors.set': { project: string; space: string; origins: string[]; expect?: string[] };
  'deploy': { project: string; space: string; bundle: string; author?: string; gitHash?: string; gitBranch?: string; language?: string };
  'deploy.bundle': { project: string; space: string; deployment: string };
  'deploy.list': { project: string; space: string };
  'deploy.rollback': { project: string; space: string; deployment?: string };
  'deploy.source': { project: string; space: string; deployment: string };
  'deploy.split': { project: string; space: string; deployment: string; percent: number };
  'deploy.undeploy': { project: string; space: string };
  'document.count': { project: string; space: string; collection: string; filter?: unknown };
  'document.find': { project: string; space: string; collection: string; filter?: unknown; sort?: unknown; fields?: unknown; limit?: number; offset?: number; useIndex?: string; start?: unknown; end?: unknown; reverse?: boolean; explain?: boolean; hints?: unknown; format?: string };
  'document.get': { project: string; space: string; collection: string; id: string };
  'document.import': { project: string; space: string; collection: string };
  'document.insert': { project: string; space: string; collection: string; document: unknown };
  'document.list': { project: string; space: string; collection: string; filter?: string; sort?: string; fields?: string; limit?: number; offset?: number; useIndex?: string; start?: string; end?: string; reverse?: boolean; explain?: boolean; hints?: string; format?: string };
  'document.remove': { project: string; space: string; collection: string; id: string };
  'document.replace': { project: string; space: string; collection: string; id: string; document: unknown; upsert?: boolean; expect?: unknown };
  'document.update': { project: string; space: string; collection: string; id: string; change: unknown; upsert?: boolean; expect?: unknown };
  'documents.purge': { project: string; space: string; collection: string; filter: unknown };
  'documents.remove': { project: string; space: string; collection: string; filter: unknown };
  'documents.replace': { project: string; space: string; collection: string; filter: unknown; document: unknown };
  'documents.update': { project: string; space: string; collection: string; filter: unknown; change: unknown };
  'domain.move': { project: string; space: string; domain: string };
  'domains.set': { project: string; space: string; domains: string[]; expect?: string[] };
  'env.remove': { project: string; space: string; name: string };
  'env.set': { project: string; space: string; name: string; value: string; encrypted?: boolean };
  'file.list': { project: string; space: string; path?: string };
  'file.read': { project: string; space: string; path: string };
  'file.remove': { project: string; space: string; path: string };
  'file.write': { project: string; space: string; path: string };
  'health': Record<never, never>;
  'hosts.set': { project: string; space: string; addresses: string[]; expect?: string[] };
  'index.advice': { project: string; space: string };
  'index.create': { project: string; space: string; collection: string; fields: string[] };
  'index.remove': { project: string; space: string; collection: string; fields: string[] };
  'invitation.accept': { invitation: string };
  'invitation.list': Record<never, never>;
  'invitation.remove': { invitation: string };
  'jwks.set': { project: string; space: string; url: string; issuer?: string; audience?: string[]; algorithms?: string[] };
  'key.get': { project: string; space: string; key: string; keyspace?: string };
  'key.list': { project: string; space: string; prefix?: string; keyspace?: string; reverse?: boolean; limit?: number; format?: string };
  'key.remove': { project: string; space: string; key: string; keyspace?: string };
  'key.removeAll': { project: string; space: string; prefix: string; keyspace?: string };
  'key.set': { project: string; space: string; key: string; value: string; ttl?: number; keyspace?: string };
  'limits.set': { project: string; space: string; requestDeadlineMs?: number; requestsMax?: number; workerHeapMiB?: number };
  'log.follow': { project: string; space: string; tail?: number; context?: string; level?: string; request?: string; grep?: string };
  'log.tail': { project: string; space: string; tail?: number; context?: string; level?: string; request?: string; grep?: string };
  'login.page': { provider: string; uuid: string };
  'login.script': Record<never, never>;
  'me': Record<never, never>;
  'me.update': { name: string };
  'metrics': Record<never, never>;
  'openapi': Record<never, never>;
  'page': Record<never, never>;
  'password.set': { password: string; current?: string };
  'personalToken.add': { name?: string; role?: string; project?: string; space?: string; expiresMs?: number };
  'personalToken.list': Record<never, never>;
  'personalToken.remove': { tokenId: string };
  'project.create': { name: string; teamId?: string };
  'project.get': { project: string };
  'project.invite': { project: string; email: string; role: string };
  'project.join': { project: string };
  'project.leave': { project: string };
  'project.list': Record<never, never>;
  'project.member.remove': { project: string; user: string };
  'project.member.set': { project: string; user: string; role: string };
  'project.move': { project: string; teamId: string };
  'project.remove': { project: string; confirm: string };
  'project.usage': { project: string };
  'schema.remove': { project: string; space: string; collection: string };
  'schema.set': { project: string; space: string; collection: string; schema: unknown };
  'secrets.rotate': Record<never, never>;
  'server.info': Record<never, never>;
  'session.create': { email: string; password: string };
  'session.end': Record<never, never>;
  'setup': { code: string; name: string; email: string; password: string };
  'setup.get': Record<never, never>;
  'space.activity': { project: string; space: string };
  'space.copy': { project: string; space: string; to: string; data?: boolean };
  'space.create': { project: string; name: string; restricted?: boolean };
  'space.diff': { project: string; space: string; with: string };
  'space.export': { project: string; space: string; passphrase?: string };
  'space.get': { project: string; space: string };
  'space.import': { project: string; space: string; existing?: string };
  'space.moments': { project: string; space: string };
  'space.purge': { project: string; id: string; confirm: string };
  'space.remove': { project: string; space: string; confirm: string };
  'space.rename': { project: string; space: string; name: string };
  'space.restore': { project: string; id: string; name?: string };
  'space.rewind': { project: string; space: string; backup?: string; at?: string; as?: string };
  'space.settings': { project: string; space: string };
  'space.trash': { project: string };
  'team.create': { name: string };
  'team.get': { team: string };
  'team.invite': { team: string; email: string; role: string };
  'team.list': Record<never, never>;
  'team.member.remove': { team: string; user: string };
  'team.member.set': { team: string; user: string; role: string };
  'team.remove': { team: string };
  'team.rename': { team: string; name: string };
  'terms.accept': Record<never, never>;
  'token.add': { project: string; space: string; access: string; description?: string };
  'token.explain': { project: string; space: string; token: string };
  'token.remove': { project: string; space: string; key: string };
  'user.add': { email: string; name?: string; password?: string };
  'user.link': { user: string };
  'user.list': Record<never, never>;
  'user.remove': { user: string };
  'user.update': { user: string; name?: string; email?: string };
  'worker.list': { project: string; space: string };
}

export const kOperations: Record<keyof Operations, readonly [method: string, path: string, permission: Permission]> = {
  'account.redeem': ['POST', '/_/api/v1/accounts', 'anyone'],
  'adminToken.add': ['POST', '/_/api/v1/teams/{team}/admin-tokens', 'owner'],
  'adminToken.list': ['GET', '/_/api/v1/teams/{team}/admin-tokens', 'owner'],
  'adminToken.remove': ['DELETE', '/_/api/v1/teams/{team}/admin-tokens/{tokenId}', 'owner'],
  'audit.list': ['GET', '/_/api/v1/audit', 'server'],
  'audit.verify': ['GET', '/_/api/v1/audit/verify', 'server'],
  'auth.impact': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/auth/impact', 'viewer'],
  'auth.refusals': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/auth/refusals', 'viewer'],
  'auth.status': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/auth/status', 'viewer'],
  'backup.create': ['POST', '/_/api/v1/backups', 'server'],
  'backup.download': ['GET', '/_/api/v1/backups/{backup}', 'server'],
  'backup.list': ['GET', '/_/api/v1/backups', 'server'],
  'backup.remove': ['DELETE', '/_/api/v1/backups/{backup}', 'server'],
  'backup.verify': ['POST', '/_/api/v1/backups/{backup}/verify', 'server'],
  'cap.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/cap', 'developer'],
  'cap.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/cap', 'developer'],
  'cliLogin.confirm': ['POST', '/_/api/v1/cli-logins/{uuid}', 'person'],
  'cliLogin.get': ['GET', '/_/api/v1/cli-logins/{uuid}', 'person'],
  'cliLogin.wait': ['GET', '/cli_auth/{uuid}', 'anyone'],
  'collection.create': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}', 'developer'],
  'collection.list': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/collections', 'viewer'],
  'collection.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}', 'developer'],
  'cors.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/cors-origins', 'developer'],
  'deploy': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/deployments', 'developer'],
  'deploy.bundle': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/deployments/{deployment}/bundle', 'viewer'],
  'deploy.list': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/deployments', 'viewer'],
  'deploy.rollback': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/rollback', 'developer'],
  'deploy.source': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/deployments/{deployment}/source', 'viewer'],
  'deploy.split': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/split', 'developer'],
  'deploy.undeploy': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/deployments/active', 'developer'],
  'document.count': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/count', 'viewer'],
  'document.find': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/find', 'viewer'],
  'document.get': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/documents/{id}', 'viewer'],
  'document.import': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/import', 'developer'],
  'document.insert': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/documents', 'developer'],
  'document.list': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/documents', 'viewer'],
  'document.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/documents/{id}', 'developer'],
  'document.replace': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/documents/{id}', 'developer'],
  'document.update': ['PATCH', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/documents/{id}', 'developer'],
  'documents.purge': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/purge', 'developer'],
  'documents.remove': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/remove', 'developer'],
  'documents.replace': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/replace', 'developer'],
  'documents.update': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/update', 'developer'],
  'domain.move': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/domains/move', 'developer'],
  'domains.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/domains', 'developer'],
  'env.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/env/{name}', 'developer'],
  'env.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/env/{name}', 'developer'],
  'file.list': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/files', 'viewer'],
  'file.read': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/files/content', 'viewer'],
  'file.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/files', 'developer'],
  'file.write': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/files/content', 'developer'],
  'health': ['GET', '/_/health', 'anyone'],
  'hosts.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/allowed-hosts', 'developer'],
  'index.advice': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/advice', 'viewer'],
  'index.create': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/indexes', 'developer'],
  'index.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/indexes', 'developer'],
  'invitation.accept': ['POST', '/_/api/v1/invitations/{invitation}', 'person'],
  'invitation.list': ['GET', '/_/api/v1/invitations', 'account'],
  'invitation.remove': ['DELETE', '/_/api/v1/invitations/{invitation}', 'account'],
  'jwks.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/jwks', 'developer'],
  'key.get': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/keys/{key}', 'viewer'],
  'key.list': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/keys', 'viewer'],
  'key.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/keys/{key}', 'developer'],
  'key.removeAll': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/keys', 'developer'],
  'key.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/keys/{key}', 'developer'],
  'limits.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/limits', 'developer'],
  'log.follow': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/logs/follow', 'viewer'],
  'log.tail': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/logs', 'viewer'],
  'login.page': ['GET', '/authenticate/{provider}/{uuid}', 'anyone'],
  'login.script': ['GET', '/_/login.js', 'anyone'],
  'me': ['GET', '/_/api/v1/me', 'account'],
  'me.update': ['PATCH', '/_/api/v1/me', 'person'],
  'metrics': ['GET', '/_/api/v1/metrics', 'server'],
  'openapi': ['GET', '/_/api/v1/openapi.json', 'anyone'],
  'page': ['GET', '/_/', 'anyone'],
  'password.set': ['PUT', '/_/api/v1/me/password', 'person'],
  'personalToken.add': ['POST', '/_/api/v1/me/tokens', 'person'],
  'personalToken.list': ['GET', '/_/api/v1/me/tokens', 'person'],
  'personalToken.remove': ['DELETE', '/_/api/v1/me/tokens/{tokenId}', 'person'],
  'project.create': ['POST', '/_/api/v1/projects', 'account'],
  'project.get': ['GET', '/_/api/v1/projects/{project}', 'viewer'],
  'project.invite': ['POST', '/_/api/v1/projects/{project}/invitations', 'owner'],
  'project.join': ['POST', '/_/api/v1/projects/{project}/join', 'person'],
  'project.leave': ['POST', '/_/api/v1/projects/{project}/leave', 'viewer'],
  'project.list': ['GET', '/_/api/v1/projects', 'account'],
  'project.member.remove': ['DELETE', '/_/api/v1/projects/{project}/members/{user}', 'owner'],
  'project.member.set': ['PUT', '/_/api/v1/projects/{project}/members/{user}', 'owner'],
  'project.move': ['PUT', '/_/api/v1/projects/{project}/team', 'owner'],
  'project.remove': ['DELETE', '/_/api/v1/projects/{project}', 'owner'],
  'project.usage': ['GET', '/_/api/v1/projects/{project}/usage', 'viewer'],
  'schema.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/schema', 'developer'],
  'schema.set': ['PUT', '/_/api/v1/projects/{project}/spaces/{space}/collections/{collection}/schema', 'developer'],
  'secrets.rotate': ['POST', '/_/api/v1/server/secrets/rotate', 'server'],
  'server.info': ['GET', '/_/api/v1/server', 'account'],
  'session.create': ['POST', '/_/api/v1/login', 'anyone'],
  'session.end': ['POST', '/_/api/v1/logout', 'account'],
  'setup': ['POST', '/_/api/v1/setup', 'anyone'],
  'setup.get': ['GET', '/_/api/v1/setup', 'anyone'],
  'space.activity': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/activity', 'viewer'],
  'space.copy': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/copy', 'owner'],
  'space.create': ['POST', '/_/api/v1/projects/{project}/spaces', 'owner'],
  'space.diff': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/diff', 'viewer'],
  'space.export': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/export', 'owner'],
  'space.get': ['GET', '/_/api/v1/projects/{project}/spaces/{space}', 'viewer'],
  'space.import': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/import', 'owner'],
  'space.moments': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/moments', 'viewer'],
  'space.purge': ['DELETE', '/_/api/v1/projects/{project}/trash/{id}', 'owner'],
  'space.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}', 'owner'],
  'space.rename': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/rename', 'owner'],
  'space.restore': ['POST', '/_/api/v1/projects/{project}/trash/{id}/restore', 'owner'],
  'space.rewind': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/rewind', 'owner'],
  'space.settings': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/settings', 'viewer'],
  'space.trash': ['GET', '/_/api/v1/projects/{project}/trash', 'viewer'],
  'team.create': ['POST', '/_/api/v1/teams', 'person'],
  'team.get': ['GET', '/_/api/v1/teams/{team}', 'viewer'],
  'team.invite': ['POST', '/_/api/v1/teams/{team}/invitations', 'owner'],
  'team.list': ['GET', '/_/api/v1/teams', 'account'],
  'team.member.remove': ['DELETE', '/_/api/v1/teams/{team}/members/{user}', 'viewer'],
  'team.member.set': ['PUT', '/_/api/v1/teams/{team}/members/{user}', 'owner'],
  'team.remove': ['DELETE', '/_/api/v1/teams/{team}', 'owner'],
  'team.rename': ['PATCH', '/_/api/v1/teams/{team}', 'owner'],
  'terms.accept': ['POST', '/_/api/v1/me/terms', 'person'],
  'token.add': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/tokens', 'developer'],
  'token.explain': ['POST', '/_/api/v1/projects/{project}/spaces/{space}/token/explain', 'developer'],
  'token.remove': ['DELETE', '/_/api/v1/projects/{project}/spaces/{space}/tokens/{key}', 'developer'],
  'user.add': ['POST', '/_/api/v1/users', 'server'],
  'user.link': ['POST', '/_/api/v1/users/{user}/password-link', 'server'],
  'user.list': ['GET', '/_/api/v1/users', 'server'],
  'user.remove': ['DELETE', '/_/api/v1/users/{user}', 'server'],
  'user.update': ['PATCH', '/_/api/v1/users/{user}', 'server'],
  'worker.list': ['GET', '/_/api/v1/projects/{project}/spaces/{space}/workers', 'viewer'],
};
