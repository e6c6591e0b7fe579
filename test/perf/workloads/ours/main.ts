/** Our side of the workloads: `node main.mjs --case W04,N03 [--peer name] [--threads 1] [--onednn off]`, one JSON record per line. */
import { nativeAddon } from "@graphfn/native";
import * as elementwise from "./elementwise.ts";
import * as loops from "./loops.ts";
import { args } from "./measure.ts";
import * as runtime from "./runtime.ts";
import * as training from "./training.ts";

nativeAddon()?.setThreads(Number(args.threads ?? 1));
if (args.onednn === "off") nativeAddon()?.setOneDnn(false);
const asked = (args.case ?? "").split(",").filter(Boolean);
const work: Record<string, () => Promise<void>> = { ...elementwise, ...loops, ...training, ...runtime };
for (const [name, run] of Object.entries(work)) {
  if (asked.length === 0 || asked.some((prefix: string) => prefix.startsWith(name) || name.startsWith(prefix))) await run();
}
