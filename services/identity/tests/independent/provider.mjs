// SPDX-License-Identifier: EUPL-1.2
// oidc-provider, a certified provider and the one that FranceConnect and ProConnect are built on, set up as each of
// them is documented: paths, lifetimes, levels, signed (and, with clientKeys, encrypted) userinfo, closed list of
// parameters. Its task is the only argument, as JSON. It prints {"issuer": url} and then {"asked": …} for each
// authorization request. A line of JSON that it reads changes the task, or what it knows of us: it prints {"told": …}.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const task = JSON.parse(process.argv[2]);
const say = (message) => console.log(JSON.stringify(message));
const PATH = '/api/v2';
const CLOSED = {
  franceconnect: new Set(
    ['client_id', 'response_type', 'redirect_uri', 'scope', 'acr_values', 'nonce', 'state', 'prompt', 'claims',
      'idp_hint', 'ui_locales'],
  ),
  proconnect: new Set(
    ['client_id', 'response_type', 'redirect_uri', 'scope', 'acr_values', 'nonce', 'state', 'prompt', 'claims',
      'idp_hint', 'login_hint', 'siret_hint', 'response_mode', 'code_challenge', 'code_challenge_method'],
  ),
}[task.profile.replace('-plus', '')];
const citizens = task.profile !== 'proconnect';
const levels = {
  franceconnect: ['eidas1'],
  'franceconnect-plus': ['eidas2', 'eidas3'],
  proconnect: ['eidas0', 'eidas0-mfa', 'eidas1', 'eidas1-mfa', 'eidas2', 'eidas3'],
}[task.profile];
const claims = citizens
  ? {
      openid: ['sub'],
      identite_pivot: ['given_name', 'given_name_array', 'family_name', 'birthdate', 'gender', 'birthplace',
        'birthcountry'],
      given_name: ['given_name', 'given_name_array'],
      family_name: ['family_name'],
      preferred_username: ['preferred_username'],
      email: ['email'],
    }
  : {
      openid: ['sub'],
      given_name: ['given_name'],
      usual_name: ['usual_name'],
      email: ['email'],
      uid: ['uid'],
      siret: ['siret'],
    };

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}${PATH}`;

const provider = new Provider(issuer, {
  jwks: { keys: [task.key] },
  clients: [
    {
      client_id: 'parvis',
      redirect_uris: [task.callback],
      post_logout_redirect_uris: [task.afterLogout],
      response_types: ['code'],
      grant_types: citizens ? ['authorization_code'] : ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'ES256',
      ...(task.clientKeys
        ? {
            token_endpoint_auth_method: 'private_key_jwt',
            token_endpoint_auth_signing_alg: 'ES256',
            jwks: task.clientKeys,
            id_token_encrypted_response_alg: 'ECDH-ES',
            id_token_encrypted_response_enc: 'A256GCM',
            userinfo_encrypted_response_alg: 'ECDH-ES',
            userinfo_encrypted_response_enc: 'A256GCM',
          }
        : { token_endpoint_auth_method: 'client_secret_post', client_secret: task.secret }),
      subject_type: citizens ? 'pairwise' : 'public',
    },
  ],
  routes: {
    authorization: '/authorize',
    token: '/token',
    userinfo: '/userinfo',
    jwks: '/jwks',
    end_session: '/session/end',
  },
  scopes: Object.keys(claims),
  claims: { ...claims, acr: null, amr: null, auth_time: null, iss: null, sid: null },
  acrValues: levels,
  subjectTypes: ['pairwise', 'public'],
  pairwiseIdentifier: (_ctx, accountId) => `${createHash('sha256').update(accountId).digest('hex')}v1`,
  clientAuthMethods: ['client_secret_post', 'private_key_jwt'],
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256'],
    userinfoSigningAlgValues: ['ES256'],
    idTokenEncryptionAlgValues: ['ECDH-ES', 'RSA-OAEP-256'],
    idTokenEncryptionEncValues: ['A256GCM'],
    userinfoEncryptionAlgValues: ['ECDH-ES', 'RSA-OAEP-256'],
    userinfoEncryptionEncValues: ['A256GCM'],
  },
  pkce: { required: () => false },
  ...(citizens ? {} : { issueRefreshToken: () => true }),
  ttl: {
    AuthorizationCode: 30,
    AccessToken: 60,
    IdToken: 60,
    Grant: 600,
    Session: 1800,
    Interaction: 1800,
    RefreshToken: 43200,
  },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    jwtUserinfo: { enabled: true },
    encryption: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!doctype html><title>Se déconnecter</title>${form.replace(
          '</form>',
          '<input type="hidden" name="logout" value="yes"></form>',
        )}`;
      },
    },
  },
  interactions: { url: (_ctx, interaction) => `${PATH}/interaction/${interaction.uid}` },
  findAccount: (_ctx, accountId) =>
    task.gone ? undefined : { accountId, claims: () => ({ sub: accountId, ...task.person }) },
  renderError: (ctx, out) => {
    ctx.type = 'html';
    ctx.body = `<title>Erreur</title>${out.error} ${out.error_description}`;
  },
});
provider.on('server_error', (_ctx, error) => console.error(error));

// The person's answer: who they are, at the level that the task says, and a yes to all that is asked.
async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (task.error) return provider.interactionFinished(request, response, task.error);
  const accountId = task.person.uid ?? 'somebody';
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  grant.addOIDCClaims(['acr', 'amr', 'auth_time']);
  const result = {
    login: { accountId, acr: task.acr, amr: ['pwd'] },
    consent: { grantId: await grant.save() },
  };
  return provider.interactionFinished(request, response, result);
}

const answer = provider.callback();
server.on('request', (request, response) => {
  const url = new URL(request.url, issuer);
  if (url.pathname === `${PATH}/authorize`) {
    const unknown = [...url.searchParams.keys()].filter((name) => !CLOSED.has(name));
    say({ asked: Object.fromEntries(url.searchParams) });
    if (unknown.length > 0) {
      response.writeHead(400, { 'content-type': 'text/html' });
      return response.end(`<title>Erreur</title>Y030007 ${unknown}`);
    }
  }
  if (url.pathname.startsWith(`${PATH}/interaction/`)) {
    return interact(request, response).catch((error) => response.writeHead(500).end(`${error}`));
  }
  request.originalUrl = request.url;
  request.url = request.url.slice(PATH.length);
  return answer(request, response);
});
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { client, ...changed } = JSON.parse(line);
  Object.assign(task, changed);
  Object.assign(await provider.Client.find('parvis'), client);
  say({ told: true });
});
say({ issuer });
