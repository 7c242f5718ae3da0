// SPDX-License-Identifier: EUPL-1.2
// Each rule of our own finds what it is there for, where it is, and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { parseAsyncApi } from "../asyncapi.js";
import { lintOpenApi } from "../openapi.js";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const BAD = "paths /v1/Bad_Path";
const EXPECTED = [
  ["parvis-path", BAD],
  ["parvis-path", "paths /unknown-page"],
  ["parvis-class", `${BAD} get`],
  ["parvis-operation-id", `${BAD} get operationId`],
  ["parvis-sign-in", `${BAD} get x-parvis-sign-in max_age`],
  ["parvis-limits", `${BAD} get x-parvis-timeout`],
  ["parvis-page-limit", `${BAD} get parameters 0 schema maximum`],
  ["parvis-parameter-name", `${BAD} get parameters 1 name`],
  ["parvis-answer-example", `${BAD} get responses 200 content application/json`],
  ["parvis-answer-object", `${BAD} get responses 200 content application/json schema type`],
  ["parvis-answer-object", `${BAD} post responses 201 content application/json schema anyOf 1 type`],
  ["parvis-problem", `${BAD} get responses 404 content`],
  ["parvis-problem", `${BAD} get responses 500`],
  ["parvis-idempotency-key", `${BAD} post`],
  ["parvis-token-scopes", `${BAD} post security 0 oauth2 0`],
  ["parvis-body-answers", `${BAD} post responses`],
  ["parvis-token-answers", `${BAD} post responses`],
  ["parvis-if-match", `${BAD} delete`],
  ["parvis-open-class", `${BAD} delete security`],
  ["parvis-error-media", "paths /login get responses 400 content"],
  ["parvis-member-name", "components schemas Bad properties createdBy"],
  ["parvis-instant-name", "components schemas Bad properties created"],
  ["parvis-instant-name", "components schemas Bad properties closed"],
  ["parvis-date-name", "components schemas Bad properties day"],
  ["parvis-input", "components schemas BadInput"],
  ["parvis-input", "components schemas BadInput properties text"],
  ["parvis-input", "components schemas BadInput properties repeated anyOf 0"],
  ["parvis-input", "components schemas BadInput properties many"],
  ["parvis-no-default-errors", "components schemas HTTPValidationError"],
];

test("each rule of our own finds its fault, and only that", () => {
  const found = lintOpenApi([here("broken.openapi.yaml")])
    .filter(({ rule }) => rule.startsWith("parvis-"))
    .map(({ rule, where }) => [rule, where]);
  assert.deepEqual(found.sort(), EXPECTED.sort());
});

test("no rule of our own is without a fault that shows it", () => {
  const rules = readFileSync(here("../openapi.spectral.yaml"), "utf8").match(/^ {2}(parvis-[a-z-]+):/gm);
  const named = rules.map((line) => line.trim().slice(0, -1));
  assert.deepEqual([...new Set(EXPECTED.map(([rule]) => rule))].sort(), named.sort());
});

test("a reference that leads nowhere is found in AsyncAPI", async () => {
  const found = await parseAsyncApi(here("broken.asyncapi.yaml"));
  assert.deepEqual(
    found.map(({ rule, where }) => [rule, where]),
    [
      ["invalid-ref", "channels thing messages made payload $ref"],
      ["invalid-ref", "operations tell channel $ref"],
    ],
  );
});
