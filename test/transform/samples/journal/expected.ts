import { $ } from "graphfn/autograph"; $.attach($meta_spend, spend); $.attach($meta_aliases, aliases); $.attach($meta_sumOfSquares, sumOfSquares); $.attach($meta_counting, counting); $.attach($meta_containers, containers); $.attach($meta_fields, fields); import * as gf from "graphfn";
import type { Tensor } from "graphfn";

class Account {
  balance: Tensor;
  #fees: Tensor;
  constructor(balance: Tensor) {
    this.balance = balance;
    this.#fees = balance.mul(0);
  }
  pay(amount: Tensor): void { $.uses(() => [this.#fees, this.balance], ["this.#fees@journal/input.ts:12:42","this.balance@journal/input.ts:13:20"]);
    $.if("12:5", $.none, amount.greater(10), () => { $.touch(this, "#fees", () => this.#fees, ($x) => { this.#fees = $x; }).#fees = this.#fees.add(1); });
    $.touch(this, "balance").balance = this.balance.sub(amount);
  }
  get fees(): Tensor {
    return this.#fees;
  }
  set total(value: Tensor) {
    $.touch(this, "balance").balance = value;
  }
}

/** Methods, `#private` fields and accessors change an object inside a loop of the graph. */
/** @graphFunction */
export function spend(start: Tensor, step: Tensor): Tensor { if ($.outside()) return $.run($meta_spend, spend, this, arguments);
  const account = new Account(start);
  let amount: Tensor = step;
  $.while("28:3", $.vars(() => ({ amount }), ($v) => { ({ amount } = $v); }), () => $.gt(account.balance, 0), () => {
    account.pay(amount);
    amount = $.add(amount, step);
    $.if("31:5", $.none, $.gt(amount, 30), () => { $.touch(account, "total").total = $.sub(account.balance, 1); });
  });
  return $.add($.mul(account.balance, 100), account.fees);
}

/** Two names of one object. */
/** @graphFunction */
export function aliases(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_aliases, aliases, this, arguments);
  const p = { v: x, w: x };
  const q = p;
  { let i: Tensor = $.lit(0); $.for("41:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    $.touch(q, "v").v = $.add(p.v, 1);
    $.if("43:5", $.none, $.eq($.mod(p.v, 2), 0), () => { $.touch(p, "w").w = q.v; });
  }); }
  return $.add($.mul(p.v, 100), q.w);
}

function times(n: Tensor, run: (i: Tensor) => void): void {
  let i: Tensor = gf.scalar(0);
  $.while("50:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => i.less(n), () => {
    run(i);
    i = i.add(1);
  });
}

/** The loop stands in another function; what the closure assigns is its state. */
/** @graphFunction */
export function sumOfSquares(n: Tensor): Tensor { if ($.outside()) return $.run($meta_sumOfSquares, sumOfSquares, this, arguments);
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  let last: Tensor = $.lit(-1); const $last = $.cell("last", () => last, ($x) => { last = $x; });
  times(n, (i) => {
    $.touch($sum), sum = $.add(sum, $.mul(i, i));
    $.touch($last), last = i;
  });
  return $.add($.mul(sum, 100), last);
}

/** The closure returns on some paths. */
/** @graphFunction */
export function counting(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_counting, counting, this, arguments);
  let calls: Tensor = $.lit(0); const $calls = $.cell("calls", () => calls, ($x) => { calls = $x; });
  const clamp = (v: Tensor): Tensor => {
    $.touch($calls), calls = $.add(calls, 1);
    return $.finish($.if("74:5", $.none, $.lt(v, 0), () => {
      $.touch($calls), calls = $.add(calls, 10);
      return $.return($.lit(0));
    }, () => {
    return $.if("78:5", $.none, $.gt(v, 9), () => $.return($.lit(9)), () => {
    $.touch($calls), calls = $.add(calls, 100);
    return $.return(v); }); }));
  };
  const a = clamp(x);
  const b = $.select("83:13", $.gt(x, y), () => clamp(y), () => y);
  return $.add($.add(a, b), $.mul(calls, 1000));
}

/** Elements of arrays, entries of Maps. */
/** @graphFunction */
export function containers(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_containers, containers, this, arguments);
  const pair: Tensor[] = [x, x];
  const found = new Map<string, Tensor>([["last", x]]);
  { let i: Tensor = $.lit(0); $.for("92:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    const [a, b] = pair as [Tensor, Tensor];
    $.touch(pair)[0] = b;
    $.touch(pair)[1] = $.add(a, b);
    $.if("96:5", $.none, $.eq($.mod(b, 2), 0), () => { $.touch(found).set("last", b); });
  }); }
  return $.add(pair[0], $.mul(found.get("last") as Tensor, 1000));
}

/** A field that only one branch has. */
/** @graphFunction */
export function fields(x: Tensor): Tensor { if ($.outside()) return $.run($meta_fields, fields, this, arguments);
  const o: { a: Tensor; b?: Tensor } = { a: x };
  $.if("105:3", $.none, $.gt(x, 3), () => {
    $.touch(o, "b").b = $.mul(x, 2);
    $.touch(o, "a").a = $.lit(0);
  }, () => {
    $.touch(o, "b").b = x;
  });
  return $.add(o.a, o.b);
}

export const runs = {
  spend: [[100, 4], [50, 20], [-1, 3]],
  aliases: [[1, 5], [2, 0]],
  sumOfSquares: [[4], [0]],
  counting: [[5, 2], [-5, 2], [20, -4], [1, 8]],
  containers: [[1, 6], [2, 0], [3, 4]],
  fields: [[2], [5]],
};

function $meta_spend() { return { version: 1, name: "spend", file: "journal/input.ts", at: "25:1", params: ["start","step"], decisions: [
  ["28:3", "while", "staged", "`account.balance > 0` is a Tensor"],
  ["31:5", "if", "staged", "`amount > 30` is a Tensor"],
] }; }
function $meta_aliases() { return { version: 1, name: "aliases", file: "journal/input.ts", at: "38:1", params: ["x","n"], decisions: [
  ["41:3", "for", "staged", "`i < n` is a Tensor"],
  ["43:5", "if", "staged", "`p.v % 2 === 0` is a Tensor"],
] }; }
function $meta_sumOfSquares() { return { version: 1, name: "sumOfSquares", file: "journal/input.ts", at: "58:1", params: ["n"], decisions: [] }; }
function $meta_counting() { return { version: 1, name: "counting", file: "journal/input.ts", at: "70:1", params: ["x","y"], decisions: [
  ["74:5", "if", "staged", "`v < 0` is a Tensor"],
  ["78:5", "if", "staged", "`v > 9` is a Tensor"],
  ["83:13", "?:", "staged", "`x > y` is a Tensor"],
] }; }
function $meta_containers() { return { version: 1, name: "containers", file: "journal/input.ts", at: "89:1", params: ["x","n"], decisions: [
  ["92:3", "for", "staged", "`i < n` is a Tensor"],
  ["96:5", "if", "staged", "`b % 2 === 0` is a Tensor"],
] }; }
function $meta_fields() { return { version: 1, name: "fields", file: "journal/input.ts", at: "103:1", params: ["x"], decisions: [
  ["105:3", "if", "staged", "`x > 3` is a Tensor"],
] }; }
