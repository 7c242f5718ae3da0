// SPDX-License-Identifier: EUPL-1.2
// Read the events of requests straight from Kafka under node, in a consumer group that keeps its place; each is printed
// as one line of JSON.
//
//     KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 node examples/node/consume_events.mjs --group my-system
//
// A system outside the deployment reads the public topics of its collectivity (--topic), over TLS, as the user that the
// operators declared: KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, and KAFKA_CA_FILE with the authority's certificate. Its groups
// begin with its name and a dot.
//
// The attributes of CloudEvents are the headers, the data are the value (Kafka protocol binding, binary mode).

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { Kafka, logLevel } from "kafkajs";

const { values } = parseArgs({
  options: {
    topic: { type: "string", default: "parvis.requests.request.v1" },
    group: { type: "string", default: "my-system" },
    count: { type: "string", default: "0" },
  },
});
const wanted = Number(values.count);
const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password, KAFKA_CA_FILE: authority } = process.env;
const security = username && {
  ssl: authority ? { ca: [readFileSync(authority, "utf8")] } : true,
  sasl: { mechanism: "scram-sha-512", username, password },
};
const kafka = new Kafka({
  clientId: "parvis-example",
  brokers: process.env.KAFKA_BOOTSTRAP_SERVERS.split(","),
  logLevel: logLevel.ERROR,
  ...security,
});
const consumer = kafka.consumer({ groupId: values.group });

function eventOf({ headers, value }) {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith("ce_"))
    .map(([name, text]) => [name.slice("ce_".length), text.toString("utf8")]);
  return { ...Object.fromEntries(attributes), data: value ? JSON.parse(value.toString("utf8")) : null };
}

async function stop() {
  await consumer.disconnect();
}

let found = 0;
// An event may come twice, after a crash for instance: its id tells. Those of one request come in order (sequence).
const seen = new Set();
await consumer.connect();
await consumer.subscribe({ topics: [values.topic], fromBeginning: true });
await consumer.run({
  // The place is committed after an event was handled: what dies in between is read again.
  eachMessage: async ({ message }) => {
    const event = eventOf(message);
    if (seen.has(event.id)) return;
    seen.add(event.id);
    console.log(JSON.stringify(event));
    found += 1;
    if (wanted && found >= wanted) setImmediate(stop);
  },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
