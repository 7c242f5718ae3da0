// SPDX-License-Identifier: EUPL-1.2
// openid-client registers itself (RFC 7591) with an initial access token, asks for tokens with what it got, and then
// manages its registration (RFC 7592) by plain calls. Its task is the only argument, as JSON; it prints what it met.
import * as client from 'openid-client';

const task = JSON.parse(process.argv[2]);
const config = await client.dynamicClientRegistration(new URL(task.issuer), task.metadata, undefined, {
  initialAccessToken: task.token,
  execute: [client.allowInsecureRequests],
});
const registered = config.clientMetadata();
const asked = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: task.metadata.redirect_uris[0],
  scope: 'openid',
  code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
  code_challenge_method: 'S256',
});
const manage = async (method) => {
  const headers = { authorization: `Bearer ${registered.registration_access_token}` };
  const answer = await fetch(registered.registration_client_uri, { method, headers });
  return { status: answer.status, body: method === 'GET' && answer.ok ? await answer.json() : undefined };
};
const read = await manage('GET');
const removed = await manage('DELETE');
const after = await manage('GET');
const again = await client
  .dynamicClientRegistration(new URL(task.issuer), task.metadata, undefined, {
    initialAccessToken: task.token,
    execute: [client.allowInsecureRequests],
  })
  .then(() => 'registered', (error) => error.code ?? error.error);
console.log(JSON.stringify({ registered, asked: asked.href, read, removed, after, again }));
