// auth_config.json, read when the page starts: editing that one file points the demo at another tenant or backend.

const kTextFields = ['domain', 'clientId', 'audience', 'apiBase'];

export async function loadConfig() {
  const response = await fetch('/auth_config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`auth_config.json: HTTP ${response.status}`);
  const config = await response.json();
  for (const name of kTextFields) {
    if (typeof config[name] !== 'string' || !config[name]) throw new Error(`auth_config.json: "${name}" is missing.`);
  }
  return { ...config, apiBase: config.apiBase.replace(/\/+$/, ''), useRefreshTokens: config.useRefreshTokens === true };
}
