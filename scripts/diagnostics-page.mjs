/**
 * docs/diagnostics.md from the catalogue of the transformer and its samples: one section per code, with a program and what is
 * said of it. `npm run gen` writes it, test/diagnostics/page.test.ts fails while it differs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./steps.mjs";

const samples = join(root, "test", "diagnostics", "samples");

const FAMILIES = [
  ["GF1", "Invalid", "The program has no meaning as a graph function, or another one than its author can want."],
  ["GF2", "Not supported yet", "The program is valid and is refused, rather than run with another meaning."],
  ["GF9", "Faults of graphfn", "Please report them."],
];

/** First sample of a code: its program and the first message about it. */
function example(code) {
  const name = readdirSync(samples).find((folder) => folder.startsWith(`${code}-`));
  if (name === undefined || !existsSync(join(samples, name, "expected.txt"))) return "";
  const program = readFileSync(join(samples, name, "input.ts"), "utf8").trim();
  const said = readFileSync(join(samples, name, "expected.txt"), "utf8")
    .split(/\n\n(?=\S+\.ts:)/)[0]
    .replace(/\n\n {2}docs: \S+$/, "")
    .trim();
  return `\n\n\`\`\`ts\n${program}\n\`\`\`\n\n\`\`\`\n${said.replaceAll(`${name}/`, "")}\n\`\`\``;
}

const plain = (text) => text.replaceAll(/\{(\w+)\}/g, "‹$1›");

function section({ code, severity, message, hint }) {
  const way = hint === undefined || hint === "{way}" ? "" : ` ${plain(hint)}`;
  return `### ${code}\n\n*${severity}* ${plain(message)}${way}${example(code)}`;
}

export function diagnosticsPage(catalogue) {
  const rows = Object.values(catalogue).sort((a, b) => a.code.localeCompare(b.code));
  const families = FAMILIES.map(([prefix, title, text]) => {
    const own = rows.filter((row) => row.code.startsWith(prefix));
    return `## ${title}\n\n${text}\n\n${own.map(section).join("\n\n")}`;
  });
  return `# Diagnostics of the transformer\n\nWritten by \`npm run gen\` from \`transformer/src/diagnostics/catalogue.ts\` and \`test/diagnostics/samples\`. What the types of a program\ndo not show is refused while it is traced or run, by errors with codes E_*, U_* of their own.\n\n${families.join("\n\n")}\n`;
}
