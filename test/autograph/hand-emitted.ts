/**
 * Functions as the transformer emits them, written by hand: the runtime of the emitted namespace is tested on its own.
 * Each has a plain JavaScript twin that says what it means.
 */
import { $ } from "graphfn/autograph";

export interface Twin {
  readonly name: string;
  readonly emitted: (...args: any[]) => any;
  readonly plain: (...args: number[]) => number | number[];
  readonly inputs: readonly (readonly number[])[];
}

type V = any;

export const twins: readonly Twin[] = [
  {
    name: "collatz: while, ?:, compound assignment",
    emitted: (n: V) => {
      let steps: V = $.lit(0);
      $.while(
        "3:3",
        $.vars(
          () => ({ n, steps }),
          ($v) => {
            ({ n, steps } = $v);
          },
        ),
        () => $.gt(n, 1),
        () => {
          n = $.select(
            "4:9",
            $.eq($.mod(n, 2), 0),
            () => $.div(n, 2),
            () => $.add($.mul(3, n), 1),
          );
          steps = $.add(steps, 1);
        },
      );
      return steps;
    },
    plain: (start) => {
      let n = start as number;
      let steps = 0;
      while (n > 1) {
        n = n % 2 === 0 ? n / 2 : 3 * n + 1;
        steps += 1;
      }
      return steps;
    },
    inputs: [[27], [1], [97]],
  },
  {
    name: "early return of an if, rest in the other arm",
    emitted: (x: V) =>
      $.finish(
        $.if(
          "2:3",
          $.none,
          $.lt(x, 0),
          () => $.return($.lit(-1)),
          () => {
            const y: V = $.mul(x, 2);
            return $.return($.add(y, 0.5));
          },
        ),
      ),
    plain: (x) => ((x as number) < 0 ? -1 : (x as number) * 2 + 0.5),
    inputs: [[-3], [0], [4]],
  },
  {
    name: "return inside a while, value after it",
    emitted: (limit: V, key: V) => {
      let i: V = $.lit(0);
      const vars = $.vars(
        () => ({ i }),
        ($v) => {
          ({ i } = $v);
        },
      );
      return $.finish(
        $.then(
          "3:3",
          vars,
          $.while(
            "3:3",
            vars,
            () => $.lt(i, limit),
            () =>
              $.if(
                "4:5",
                vars,
                $.ge($.mul(i, i), key),
                () => $.return($.mul(i, 10)),
                () => {
                  i = $.add(i, 1);
                },
              ),
          ),
          () => $.return($.lit(-1)),
        ),
      );
    },
    plain: (limit, key) => {
      for (let i = 0; i < (limit as number); i++) if (i * i >= (key as number)) return i * 10;
      return -1;
    },
    inputs: [
      [10, 50],
      [10, 0],
      [3, 50],
      [0, 1],
    ],
  },
  {
    name: "continue and break in a for with update",
    emitted: (n: V) => {
      let sum: V = $.lit(0);
      let i: V = $.lit(0);
      const vars = $.vars(
        () => ({ sum, i }),
        ($v) => {
          ({ sum, i } = $v);
        },
      );
      $.for(
        "3:3",
        vars,
        () => $.lt(i, n),
        () => {
          i = $.add(i, 1);
        },
        () =>
          $.then(
            "4:5",
            vars,
            $.if("4:5", vars, $.eq($.mod(i, 3), 0), () => $.continue()),
            () =>
              $.then(
                "5:5",
                vars,
                $.if("5:5", vars, $.gt(sum, 20), () => $.break()),
                () => {
                  sum = $.add(sum, i);
                },
              ),
          ),
      );
      return $.add($.mul(sum, 1000), i);
    },
    plain: (n) => {
      let sum = 0;
      let i = 0;
      for (; i < (n as number); i++) {
        if (i % 3 === 0) continue;
        if (sum > 20) break;
        sum += i;
      }
      return sum * 1000 + i;
    },
    inputs: [[0], [5], [20]],
  },
  {
    name: "labelled continue of an outer loop, return from the inner one",
    emitted: (n: V) => {
      let count: V = $.lit(0);
      let i: V = $.lit(0);
      const outer = $.vars(
        () => ({ count, i }),
        ($v) => {
          ({ count, i } = $v);
        },
      );
      return $.finish(
        $.then(
          "3:3",
          outer,
          $.for(
            "3:3",
            outer,
            () => $.lt(i, n),
            () => {
              i = $.add(i, 1);
            },
            () => {
              let j: V = $.lit(0);
              const inner = $.vars(
                () => ({ count, i, j }),
                ($v) => {
                  ({ count, i, j } = $v);
                },
              );
              return $.then(
                "4:5",
                outer,
                $.for(
                  "4:5",
                  inner,
                  () => $.lt(j, n),
                  () => {
                    j = $.add(j, 1);
                  },
                  () =>
                    $.then(
                      "5:7",
                      inner,
                      $.if("5:7", inner, $.gt(j, i), () => $.continue("outer")),
                      () =>
                        $.then(
                          "6:7",
                          inner,
                          $.if("6:7", inner, $.gt(count, 40), () => $.return($.neg(count))),
                          () => {
                            count = $.add(count, $.mul(i, j));
                          },
                        ),
                    ),
                ),
                () => {
                  count = $.add(count, 100);
                },
              );
            },
            "outer",
          ),
          () => $.return(count),
        ),
      );
    },
    plain: (n) => {
      let count = 0;
      outer: for (let i = 0; i < (n as number); i++) {
        for (let j = 0; j < (n as number); j++) {
          if (j > i) continue outer;
          if (count > 40) return -count;
          count += i * j;
        }
        count += 100;
      }
      return count;
    },
    inputs: [[0], [1], [3], [5], [7]],
  },
  {
    name: "do-while whose test reads a variable of the body",
    emitted: (x: V) => {
      let y: V;
      const vars = $.vars(
        () => ({ x, y }),
        ($v) => {
          ({ x, y } = $v);
        },
      );
      $.doWhile(
        "2:3",
        vars,
        () => {
          y = $.mul(x, 2);
          x = $.add(x, 1);
        },
        () => $.lt(y, 10),
      );
      return $.add($.mul(y, 100), x);
    },
    plain: (start) => {
      let x = start as number;
      let y: number;
      do {
        y = x * 2;
        x = x + 1;
      } while (y < 10);
      return y * 100 + x;
    },
    inputs: [[0], [3], [50]],
  },
  {
    name: "while (true) left by a break under a tensor condition",
    emitted: (x: V) => {
      let k: V = $.lit(0);
      const vars = $.vars(
        () => ({ x, k }),
        ($v) => {
          ({ x, k } = $v);
        },
      );
      $.while(
        "2:3",
        vars,
        () => true,
        () =>
          $.then(
            "3:5",
            vars,
            $.if("3:5", vars, $.gt(x, 100), () => $.break()),
            () => {
              x = $.mul(x, 2);
              k = $.add(k, 1);
            },
          ),
      );
      return k;
    },
    plain: (start) => {
      let x = start as number;
      let k = 0;
      while (true) {
        if (x > 100) break;
        x *= 2;
        k += 1;
      }
      return k;
    },
    inputs: [[1], [64], [101]],
  },
  {
    name: "static loop with a staged return is unrolled",
    emitted: (x: V) => {
      let i = 0;
      const vars = $.vars(
        () => ({ x, i }),
        ($v) => {
          ({ x, i } = $v as { x: V; i: number });
        },
      );
      return $.finish(
        $.then(
          "2:3",
          vars,
          $.for(
            "2:3",
            vars,
            () => i < 4,
            () => {
              i++;
            },
            () =>
              $.then(
                "3:5",
                vars,
                $.if("3:5", vars, $.gt(x, i * 10), () => $.return($.add(x, i))),
                () => {
                  x = $.add(x, 7);
                },
              ),
          ),
          () => $.return($.neg(x)),
        ),
      );
    },
    plain: (start) => {
      let x = start as number;
      for (let i = 0; i < 4; i++) {
        if (x > i * 10) return x + i;
        x += 7;
      }
      return -x;
    },
    inputs: [[5], [0], [-30], [-8]],
  },
  {
    name: "lazy && and ||",
    emitted: (a: V, b: V) => {
      let r: V = $.lit(0);
      const vars = $.vars(
        () => ({ r }),
        ($v) => {
          ({ r } = $v);
        },
      );
      $.if(
        "2:3",
        vars,
        $.or(
          "2:7",
          $.and("2:7", $.gt(a, 0), () => $.gt(b, 0)),
          () => $.and("2:30", $.lt(a, -5), () => $.not($.lt(b, -5))),
        ),
        () => {
          r = $.lit(1);
        },
        () => {
          r = $.lit(2.5);
        },
      );
      return r;
    },
    plain: (a, b) => (((a as number) > 0 && (b as number) > 0) || ((a as number) < -5 && !((b as number) < -5)) ? 1 : 2.5),
    inputs: [
      [1, 1],
      [1, -1],
      [-6, 0],
      [-6, -6],
    ],
  },
  {
    name: "swap in a loop (gcd)",
    emitted: (a: V, b: V) => {
      const vars = $.vars(
        () => ({ a, b }),
        ($v) => {
          ({ a, b } = $v);
        },
      );
      $.while(
        "2:3",
        vars,
        () => $.ne(b, 0),
        () => {
          const r = $.mod(a, b);
          a = b;
          b = r;
        },
      );
      return a;
    },
    plain: (x, y) => {
      let a = x as number;
      let b = y as number;
      while (b !== 0) [a, b] = [b, a % b];
      return a;
    },
    inputs: [
      [48, 36],
      [17, 5],
      [7, 0],
    ],
  },
];
