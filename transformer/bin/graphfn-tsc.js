#!/usr/bin/env node
import "../dist/cli/graphfn-tsc.js";
