import { $ } from "graphfn/autograph"; $.attach($meta_settle, settle); $.attach($meta_inside, inside); import type { Tensor } from "graphfn";

/** Initializers of fields belong to what the members compute with: literals are Tensors where the field is declared as one. */
class Account {
  balance: Tensor;
  fees: Tensor = $.lit(0);
  rates: Tensor[] = [$.lit(1), $.lit(2)];
  readonly limits: { low: Tensor; high: Tensor } = { low: $.lit(-1), high: $.lit(10) };
  #taken: Tensor = $.lit(0);
  static factor: Tensor = $.lit(3);
  /** No field of the graph. */
  name: string = "account";

  constructor(start: Tensor) {
    this.balance = start;
  }

  /** @eagerFunction */
  withdraw(x: Tensor): void { $.uses(() => [this.balance, this.rates?.[1], this.limits?.high, this.#taken], ["this.balance@fields/input.ts:20:13","this.rates[1]@fields/input.ts:21:20","this.limits.high@fields/input.ts:24:13","this.#taken@fields/input.ts:24:31"]);
    return $.finish($.if("20:5", $.none, $.gt(x, this.balance), () => {
      $.touch(this, "fees").fees = $.add(this.fees, this.rates[1]);
      return $.return();
    }, () => {
    $.if("24:5", $.none, $.lt(x, this.limits.high), () => { $.touch(this, "#taken", () => this.#taken, ($x) => { this.#taken = $x; }).#taken = $.add(this.#taken, 1); });
    $.touch(this, "balance").balance = $.sub(this.balance, x); }));
  }

  /** @eagerFunction */
  get net(): Tensor { $.uses(() => [Account.factor], ["Account.factor@fields/input.ts:30:64"]);
    return $.add($.sub(this.balance, $.mul(this.fees, 10)), $.mul($.mul(this.#taken, 100), Account.factor));
  }
}

/** @graphFunction */
export function settle(start: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_settle, settle, this, arguments, () => [Account.factor]); $.uses(() => [Account.factor], $meta_settle);
  const account = new Account(start);
  { let x: Tensor = $.lit(1); $.for("37:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.le(x, n), () => { x = $.add(x, 1); }, () => {
    account.withdraw(x);
    return $.if("39:5", $.none, $.gt(account.fees, 6), () => { return $.break(); });
  }); }
  return account.net;
}

/** @graphFunction */
export function inside(n: Tensor): Tensor { if ($.outside()) return $.run($meta_inside, inside, this, arguments);
  class Inner {
    half: Tensor = $.lit(1);
    /** @eagerFunction */
    of(x: Tensor): Tensor {
      $.if("50:7", $.none, $.gt(x, 4), () => { $.touch(this, "half").half = $.lit(2); });
      return $.div(x, this.half);
    }
  }
  return new Inner().of(n);
}

export const runs = {
  settle: [
    [100, 16],
    [7, 40],
    [3, 1],
  ],
  inside: [[3], [4], [9]],
};

function $meta_settle() { return { version: 1, name: "settle", file: "fields/input.ts", at: "35:1", params: ["start","n"], captures: ["Account.factor@fields/input.ts:30:64"], decisions: [
  ["37:3", "for", "staged", "`x <= n` is a Tensor"],
  ["39:5", "if", "staged", "`account.fees > 6` is a Tensor"],
] }; }
function $meta_inside() { return { version: 1, name: "inside", file: "fields/input.ts", at: "45:1", params: ["n"], decisions: [
  ["50:7", "if", "staged", "`x > 4` is a Tensor"],
] }; }
