// SPDX-License-Identifier: EUPL-1.2
// A relying party made of openid-client, and a resource server made of oauth4webapi: both know the standards only.
// Its task is the only argument, as JSON. It prints {"open": url}, reads the address at which the browser came back,
// and prints what it has got.
import { createInterface } from 'node:readline/promises';
import * as client from 'openid-client';
import * as oauth from 'oauth4webapi';

const task = JSON.parse(process.argv[2]);
const lines = createInterface({ input: process.stdin });
const say = (message) => console.log(JSON.stringify(message));

async function configured() {
  const { key } = task;
  const authentication = key
    ? client.PrivateKeyJwt({
        key: await crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
        kid: key.kid,
      })
    : client.None();
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  return client.discovery(new URL(task.issuer), task.clientId, undefined, authentication, { execute });
}

async function came(config, checks, parameters) {
  const url = task.pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP: checks.DPoP })
    : client.buildAuthorizationUrl(config, parameters);
  say({ open: url.href });
  const { value } = await lines[Symbol.asyncIterator]().next();
  return new URL(value);
}

// What a service sees of a call, so that somebody else's resource server may judge it too.
async function called(config, token, DPoP) {
  let seen;
  config[client.customFetch] = (url, options) => {
    seen ??= new Request(url, { method: options.method, headers: options.headers });
    return fetch(url, options);
  };
  const answer = await client.fetchProtectedResource(config, token, new URL(task.api), 'GET', null, undefined, {
    DPoP,
  });
  delete config[client.customFetch];
  const server = config.serverMetadata();
  const claims = await oauth.validateJwtAccessToken(server, seen, task.audience, {
    requireDPoP: DPoP !== undefined,
    [oauth.allowInsecureRequests]: true,
  });
  return { status: answer.status, body: await answer.json(), claims };
}

const config = await configured();
const DPoP = task.bound ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined;
const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const back = await came(config, { DPoP }, {
  redirect_uri: task.redirectUri,
  scope: task.scope,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
});
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
const identity = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, identity.sub, { DPoP });
const call = await called(config, tokens.access_token, DPoP);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
const about = task.key ? await client.tokenIntrospection(config, renewed.access_token) : undefined;
await client.tokenRevocation(config, renewed.refresh_token);
const after = await client.refreshTokenGrant(config, renewed.refresh_token, undefined, { DPoP }).then(
  () => 'renewed',
  (error) => error.error,
);
const leave = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: task.afterLogout,
});
say({ type: tokens.token_type, identity, userinfo, call, about, after, leave: leave.href });
process.exit(0);
