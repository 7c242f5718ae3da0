// SPDX-License-Identifier: EUPL-1.2
import { Parser, fromFile } from "@asyncapi/parser";

// 3.1 adds bindings that we do not use; 3.0 is what most tools read.
const LEFT_OUT = new Set(["asyncapi-latest-version"]);

/** What the parser finds in one AsyncAPI file and in all that it refers to: `{file, line, rule, where, message}` each. */
export async function parseAsyncApi(file) {
  const { document, diagnostics } = await fromFile(new Parser(), file).parse();
  const findings = diagnostics
    .filter(({ code }) => !LEFT_OUT.has(code))
    .map(({ source, range, code, path, message }) => ({
      file: source ?? file,
      line: range.start.line + 1,
      rule: String(code),
      where: path.join(" "),
      message,
    }));
  if (document === undefined && findings.length === 0) throw new Error(`${file}: neither a document nor a reason`);
  return findings;
}
