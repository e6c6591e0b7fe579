/**
 * The tour of the samples, on a fresh clone too: installs and builds what is missing, then runs samples/tour.mjs.
 * Arguments go to the tour.
 */
import { join } from "node:path";
import { build } from "./build.mjs";
import { attached, bold, install, main, root } from "./steps.mjs";

await main(async () => {
  console.log(bold("Build"));
  await install();
  await build();
  console.log();
  return attached(process.execPath, [join(root, "samples", "tour.mjs"), ...process.argv.slice(2)]);
});
