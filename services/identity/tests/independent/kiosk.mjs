// SPDX-License-Identifier: EUPL-1.2
// A kiosk made of openid-client, which knows the device grant (RFC 8628) only. Its task is the only argument, as JSON.
// It prints {"show": what the person is shown}, polls, and prints what it has got or the error that it was told.
import * as client from 'openid-client';

const task = JSON.parse(process.argv[2]);
const say = (message) => console.log(JSON.stringify(message));

const config = await client.discovery(
  new URL(task.issuer),
  task.clientId,
  undefined,
  client.None(),
  { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);
const DPoP = task.bound ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) : undefined;
const begun = await client.initiateDeviceAuthorization(config, { scope: task.scope });
say({ show: begun });
try {
  const tokens = await client.pollDeviceAuthorizationGrant(config, begun, undefined, { DPoP });
  const call = await client.fetchProtectedResource(config, tokens.access_token, new URL(task.api), 'GET', null, undefined, {
    DPoP,
  });
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  say({ type: tokens.token_type, identity: tokens.claims(), person: await call.json(), renewed: renewed.token_type });
} catch (error) {
  say({ error: error.error ?? String(error) });
}
process.exit(0);
