// SPDX-License-Identifier: EUPL-1.2
// What a caller may send is bounded (strings, arrays) and closed (no unknown members).

const BOUNDED_FORMATS = new Set(["uuid", "date", "date-time"]);

/** Whether a pattern is anchored and repeats nothing without an end. */
const endsSomewhere = (pattern) =>
  /^\^.*\$$/.test(pattern) && !/[*+]|\{\d+,\}/.test(pattern.replace(/\\.|\[[^\]]*\]/g, "x"));

const isBoundedString = (schema) =>
  schema.maxLength !== undefined ||
  schema.enum !== undefined ||
  schema.const !== undefined ||
  BOUNDED_FORMATS.has(schema.format) ||
  (schema.pattern !== undefined && endsSomewhere(schema.pattern));

const is = (schema, type) => schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));

function* faults(schema, path) {
  if (schema === null || typeof schema !== "object") return;
  if (is(schema, "string") && !isBoundedString(schema)) {
    yield { message: "a string that is sent has a longest length", path };
  }
  if (is(schema, "array") && schema.maxItems === undefined) {
    yield { message: "an array that is sent has a greatest length", path };
  }
  if (schema.properties !== undefined && schema.additionalProperties !== false) {
    yield { message: "an object that is sent refuses unknown members", path };
  }
  for (const key of ["anyOf", "oneOf", "allOf", "prefixItems"]) {
    for (const [index, part] of (schema[key] ?? []).entries()) yield* faults(part, [...path, key, index]);
  }
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    yield* faults(part, [...path, "properties", name]);
  }
  yield* faults(schema.items, [...path, "items"]);
}

export default (schema, _options, context) => [...faults(schema, context.path)];
