// A real OpenID Connect provider in a process of its own: `identity-provider.mjs PORT KEYS_FILE`. What is special about it for tests: the
// form of a client-credentials request also says what its token claims (`claims`, JSON) and for how long it is good (`ttl`, seconds).
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';

const [port, keysFile] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

/** What an account claims, by what it signed in as. */
const accounts = {
  ann: { bespoke_tenant: 'team', bespoke_role: 'developer' },
  'without-rights': {},
};

const provider = new Provider(issuer, {
  jwks: JSON.parse(readFileSync(keysFile, 'utf8')),
  clients: [
    {
      client_id: 'service',
      client_secret: 'secret-of-the-service',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: 'editor',
      application_type: 'native',
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    {
      client_id: 'editor-with-renewal',
      application_type: 'native',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'none',
    },
  ],
  ttl: { IdToken: (_context, _token, client) => (client.clientId === 'editor-with-renewal' ? 12 : 3600) },
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub', 'bespoke_tenant', 'bespoke_role'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['key-of-cookies'] },
  extraTokenClaims: (context) => JSON.parse(context.oidc.body?.claims ?? '{}'),
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (context, resource) => ({
        scope: '',
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: Number(context.oidc.body?.ttl ?? 600),
      }),
    },
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
});

provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
