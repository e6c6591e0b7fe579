#!/usr/bin/env node
import module from "node:module";

// Where Node has it: TypeScript is compiled once and not at every start.
module.enableCompileCache?.();
await import("../dist/cli/graphfn-tsc.js");
