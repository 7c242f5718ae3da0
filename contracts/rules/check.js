// SPDX-License-Identifier: EUPL-1.2
// Lints every OpenAPI contract and parses every AsyncAPI one; fails on any finding, whatever its severity.
import { readdirSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

import { parseAsyncApi } from "./asyncapi.js";
import { lintOpenApi } from "./openapi.js";

const contracts = fileURLToPath(new URL("..", import.meta.url));

function contractsOf(kind) {
  const files = readdirSync(`${contracts}${kind}`).filter((name) => name.endsWith(".v1.yaml"));
  if (files.length === 0) throw new Error(`no contract in contracts/${kind}`);
  return files.sort().map((name) => `${contracts}${kind}/${name}`);
}

const [openapi, asyncapi] = [contractsOf("openapi"), contractsOf("asyncapi")];
const findings = [...lintOpenApi(openapi), ...(await Promise.all(asyncapi.map(parseAsyncApi))).flat()];
for (const { file, line, rule, where, message } of findings) {
  console.error(`contracts/${relative(contracts, file)}:${line}: ${rule}: ${message} (${where})`);
}
console.log(`${openapi.length} OpenAPI and ${asyncapi.length} AsyncAPI contracts: ${findings.length || "no"} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
