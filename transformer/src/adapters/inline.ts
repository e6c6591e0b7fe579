/** Source map as a comment at the end of the text: the form that esbuild, Node and bundlers compose with their own maps. */
import type { TransformResult } from "../types.ts";

export function withInlineMap(result: Pick<TransformResult, "code" | "map">): string {
  const base64 = Buffer.from(result.map.toString(), "utf8").toString("base64");
  return `${result.code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${base64}`;
}
