/** Reports as staged/explanation.ts makes them, written down so that the goldens hold only what explain/ does. */
import type { ExplainParts } from "../../runtime/src/explain/text.ts";

export const collatz: ExplainParts = {
  name: "collatz",
  file: "src/collatz.ts",
  at: "6:17",
  signature: "(n: f32) → f32",
  traces: 1,
  backend: "native",
  decisions: [
    ["8:3", "while", "staged", "n > 1 depends on the tensor n; carried: n, steps"],
    ["9:9", "?:", "staged", "n % 2 === 0 depends on the tensor n"],
  ],
  emitted: `function collatz(n) {
    let steps = $.lit(0);
    $.while(
      "8:3",
      $.vars(
        () => ({ n, steps }),
        ($v) => {
          ({ n, steps } = $v);
        }
      ),
      () => $.gt(n, 1),
      () => {
        n = $.select(
          "9:9",
          $.eq($.mod(n, 2), 0),
          () => $.div(n, 2),
          () => $.add($.mul(3, n), 1)
        );
        steps = $.add(steps, 1);
      }
    );
    return steps;
  }`,
  source: `/** @graphFunction */
export function collatz(n: gf.Tensor): gf.Tensor {
  let steps: gf.Tensor = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}
`,
  traced: `graph collatz(%n.0: f32) {
  %steps.1: f32* = const 0
  %n.2: f32, %steps.3: f32 = while (%n.4: f32 = %n.0, %steps.5: f32 = %steps.1) {  // collatz.ts:8:3
    %6: f32 = const 1
    %7: bool = greater %n.4, %6  // collatz.ts:8:10
    yield %7
  } do (%n.8: f32, %steps.9: f32) {
    %10: f32 = const 2
    %11: f32 = mod %n.8, %10  // collatz.ts:9:9
    %12: f32 = const 0
    %13: bool = equal %11, %12  // collatz.ts:9:9
    %n.14: f32 = cond %13 {  // collatz.ts:9:9
      %15: f32 = const 2
      %16: f32 = div %n.8, %15  // collatz.ts:9:23
      yield %16
    } else {
      %17: f32 = const 3
      %18: f32 = mul %17, %n.8  // collatz.ts:9:31
      %19: f32 = const 1
      %20: f32 = add %18, %19  // collatz.ts:9:31
      yield %20
    }
    %21: f32 = const 1
    %steps.22: f32 = add %steps.9, %21  // collatz.ts:10:5
    yield %n.14, %steps.22
  }
  return %steps.3
}`,
  graph: `graph collatz(%n.0: f32) {
  %1: f32 = const 0
  %2: f32 = const 1
  %3: f32 = const 2
  %4: f32 = const 3
  %n.5: f32, %steps.6: f32 = while (%n.7: f32 = %n.0, %steps.8: f32 = %1) {  // collatz.ts:8:3
    %9: bool = greater %n.7, %2  // collatz.ts:8:10
    yield %9
  } do (%n.10: f32, %steps.11: f32) {
    %12: f32 = mod %n.10, %3  // collatz.ts:9:9
    %13: bool = equal %12, %1  // collatz.ts:9:9
    %n.14: f32 = cond %13 {  // collatz.ts:9:9
      %15: f32 = div %n.10, %3  // collatz.ts:9:23
      yield %15
    } else {
      %16: f32 = mul %4, %n.10  // collatz.ts:9:31
      %17: f32 = add %16, %2  // collatz.ts:9:31
      yield %17
    }
    %steps.18: f32 = add %steps.11, %2  // collatz.ts:10:5
    yield %n.14, %steps.18
  }
  return %steps.6
}`,
  plan: `plan collatz: 12 steps, 64 bytes of arena
      n:f32@8 ← input0:f32
      steps:f32@0 ← 0:f32
  L1: t9:bool@16 = greater(n:f32@8, 1:f32)
      unless t9:bool@16 jump L4
      t12:f32@24 = mod(n:f32@8, 2:f32)
      t13:bool@16 = equal(t12:f32@24, 0:f32)
      unless t13:bool@16 jump L2
      n:f32@8 = div(n:f32@8, 2:f32)  in place
      jump L3
  L2: t16:f32@24 = mul(3:f32, n:f32@8)
      n:f32@8 = add(t16:f32@24, 1:f32)
  L3: steps:f32@0 = add(steps:f32@0, 1:f32)  in place
      jump L1
  L4: output0:f32 ← steps:f32@0`,
  counts: { tracedNodes: 17, nodes: 13, steps: 12, arenaBytes: 64, constants: 4 },
};

/** Names as nobody should choose them: none may act in the page. */
export const hostile: ExplainParts = {
  name: `</script><script>alert(1)</script>`,
  file: `a"onmouseover="alert(2)/</title><b>.ts`,
  at: "1:1",
  signature: `(<img src=x onerror=alert(3)>: f32) → f32`,
  traces: 1,
  backend: `<b>native</b>`,
  decisions: [[`1:1" onclick="alert(4)`, `<while>`, `staged" class="x`, `reason & "quotes" '<i>'`]],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: code as text
  emitted: "function f(x) {\n  return `</code>${x}</div>` + '<script>alert(5)</script>'; // --> ]]> <!--\n}",
  source: `const $a = "<script>alert(6)</script>"; /* </style> */\nfunction f(x) {}`,
  traced: `graph "</script>"(%"<b \\"x\\">".0: f32) {\n  return %"<b \\"x\\">".0  // "<i>.ts:1:2\n}`,
  graph: `graph "</script>"(%"<b \\"x\\">".0: f32) {\n  return %"<b \\"x\\">".0\n}`,
  plan: `plan </script>: 1 steps, 8 bytes of arena\n  <b>:f32@0 ← input0:f32`,
  counts: { tracedNodes: 0, nodes: 0, steps: 1, arenaBytes: 8 },
};
