/** Global setup of the host tests: they run the packages as a user does, from `dist`. Quick where nothing changed. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function setup(): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  execFileSync(process.execPath, ["scripts/build.mjs", "--js"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
