#!/usr/bin/env node
"use client";
// The import goes behind directives, comments stay where they are.
import { $ } from "graphfn/autograph"; $.attach($meta_comments, comments); import type { Tensor } from "graphfn";

/** @graphFunction */
export function comments(x: Tensor /* the value */): Tensor { if ($.outside()) return $.run($meta_comments, comments, this, arguments);
  // before the loop
  $.while("9:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => 
    $.gt(x, // a bound
    10)
  , () => {
    // inside
    x = $.sub(x /* of old */ , 1); // behind
  });
  return $.finish($.if("16:3", $.none, $.gt(x, 0) /* positive */ , () => $.return(x)
  // no else
  , () => $.return($.neg(x))));
}

export const runs = { comments: [[12.5], [-3], [0]] };

function $meta_comments() { return { version: 1, name: "comments", file: "layout/input.ts", at: "7:1", params: ["x"], decisions: [
  ["9:3", "while", "staged", "`x > // a bound 10` is a Tensor"],
  ["16:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
