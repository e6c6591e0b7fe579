#!/usr/bin/env node
"use client";
// The import goes behind directives, comments stay where they are.
import type { Tensor } from "graphfn";

/** @graphFunction */
export function comments(x: Tensor /* the value */): Tensor {
  // before the loop
  while (
    x > // a bound
    10
  ) {
    // inside
    x = x /* of old */ - 1; // behind
  }
  if (x > 0) /* positive */ return x;
  // no else
  else return -x;
}

export const runs = { comments: [[12.5], [-3], [0]] };
