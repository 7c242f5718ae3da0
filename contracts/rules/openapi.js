// SPDX-License-Identifier: EUPL-1.2
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const spectral = fileURLToPath(new URL("node_modules/@stoplight/spectral-cli/dist/index.js", import.meta.url));
const ruleset = fileURLToPath(new URL("openapi.spectral.yaml", import.meta.url));

/** What the ruleset finds in these OpenAPI files: `{file, line, rule, where, message}` each; throws when it cannot tell. */
export function lintOpenApi(files) {
  const argv = [spectral, "lint", ...files, "--ruleset", ruleset, "--format", "json", "--quiet"];
  const { stdout, stderr, error } = spawnSync(process.execPath, argv, { encoding: "utf8", timeout: 120_000 });
  if (error) throw error;
  // The exit code also tells of findings; that the run itself failed shows in that there is no list.
  if (!stdout.trimStart().startsWith("[")) throw new Error(stderr || stdout || "spectral gave no answer");
  return JSON.parse(stdout).map(({ source, range, code, path, message }) => ({
    file: source,
    line: range.start.line + 1,
    rule: code,
    where: path.join(" "),
    message,
  }));
}
