/**
 * Outputs of a compiler that was given another text than the user wrote: their source maps lead on to the user's text.
 *
 *   model.js.map   JavaScript → emitted TypeScript, composed with   emitted TypeScript → model.ts
 */
import remapping, { type SourceMapInput } from "@jridgewell/remapping";
import type { TransformResult } from "../../types.ts";

const INLINE = /^(\/\/# sourceMappingURL=data:application\/json;(?:charset=[^;,]+;)?base64,)(.*)$/m;

/** An output file's text; `map` leads from the text that was compiled to the user's. */
export function composeOutput(fileName: string, text: string, map: TransformResult["map"]): string {
  if (fileName.endsWith(".map")) return composeMap(text, map);
  return text.replace(INLINE, (_comment, head: string, base64: string) => {
    const composed = composeMap(Buffer.from(base64, "base64").toString("utf8"), map);
    return head + Buffer.from(composed, "utf8").toString("base64");
  });
}

/** What a map says of its places (sources, root, whether text is included) is the compiler's, as the project's options want it. */
export function composeMap(text: string, map: TransformResult["map"]): string {
  const outer = JSON.parse(text) as { file?: string; sourceRoot?: string; sources: string[]; sourcesContent?: unknown };
  const { names, mappings } = remapping([text, map.toString()] as SourceMapInput[], () => null);
  const { file, sourceRoot, sources } = outer;
  const content = outer.sourcesContent === undefined ? {} : { sourcesContent: map.sourcesContent };
  return JSON.stringify({ version: 3, file, sourceRoot, sources, names, mappings, ...content });
}
