/**
 * docs/language.md: what each construct does in a graph function, from test/semantics, and what is refused, from the catalogue of the
 * transformer. test/semantics/rows.test.ts fails while it differs, and writes it for `npm run gen`.
 */
const cell = (text) => text.replaceAll("|", "\\|");
const anchor = (code) => `[${code}](diagnostics.md#${code.toLowerCase()})`;

function shown(sample) {
  if (/^GF\d+$/.test(sample)) return anchor(sample);
  const [file, title] = sample.split(": ");
  if (title !== undefined) return `[${cell(title)}](../${file})`;
  const [folder, name] = sample.split("#");
  return `[${name ?? folder}](../test/transform/samples/${folder}/input.ts)`;
}

const table = (rows) =>
  rows.map(({ construct, meaning, samples }) => `| ${cell(construct)} | ${cell(meaning)} | ${samples.map(shown).join(", ")} |`).join("\n");

export function languagePage(rows, traps, catalogue) {
  const refused = Object.values(catalogue)
    .filter(({ code, severity }) => severity === "error" && !code.startsWith("GF9"))
    .sort((a, b) => a.code.localeCompare(b.code))
    .map(({ code, message }) => `| ${anchor(code)} | ${cell(message.replaceAll(/\{(\w+)\}/g, "‹$1›"))} |`);
  return `# The language in graph functions

Written by \`npm run gen\` from \`test/semantics\` and \`transformer/src/diagnostics/catalogue.ts\`. A marked function means what the same
TypeScript means with numbers in place of tensors. Each row names programs that show it: they give the same plain, eager and staged.

| construct | in a graph function | samples |
|---|---|---|
${table(rows)}

## Where JavaScript surprises

| construct | in a graph function | samples |
|---|---|---|
${table(traps)}

## What is refused

| code | |
|---|---|
${refused.join("\n")}
`;
}
