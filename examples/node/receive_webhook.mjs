// SPDX-License-Identifier: EUPL-1.2
// Receive webhooks of Parvis under node: each event is verified by the library of Standard Webhooks, then printed as
// one line of JSON.
//
//     WEBHOOK_SECRET=whsec_… node examples/node/receive_webhook.mjs --port 8099

import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { Webhook, WebhookVerificationError } from "standardwebhooks";

const LARGEST_BODY = 1_000_000;
const { values } = parseArgs({ options: { port: { type: "string", default: "8099" } } });
const webhook = new Webhook(process.env.WEBHOOK_SECRET);
// The same event may come again, under the same id; a real system keeps these beside what it did.
const seen = new Set();

async function bodyOf(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > LARGEST_BODY) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

const server = createServer(async (request, response) => {
  const body = request.method === "POST" ? await bodyOf(request) : null;
  if (body === null) {
    response.writeHead(400, { Connection: "close" }).end();
    return;
  }
  let event;
  try {
    event = webhook.verify(body, request.headers);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    response.writeHead(401).end();
    return;
  }
  // An answer within seconds says that the event arrived; whatever takes long is done after it.
  response.writeHead(204).end();
  const id = request.headers["webhook-id"];
  if (seen.has(id)) return;
  seen.add(id);
  console.log(JSON.stringify(event));
});
server.listen(Number(values.port), "127.0.0.1", () => console.error(`listening on ${server.address().port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
