import * as gf from "graphfn";
import type { Tensor } from "graphfn";

class Account {
  balance: Tensor;
  #fees: Tensor;
  constructor(balance: Tensor) {
    this.balance = balance;
    this.#fees = balance.mul(0);
  }
  pay(amount: Tensor): void {
    if (amount.greater(10)) this.#fees = this.#fees.add(1);
    this.balance = this.balance.sub(amount);
  }
  get fees(): Tensor {
    return this.#fees;
  }
  set total(value: Tensor) {
    this.balance = value;
  }
}

/** Methods, `#private` fields and accessors change an object inside a loop of the graph. */
/** @graphFunction */
export function spend(start: Tensor, step: Tensor): Tensor {
  const account = new Account(start);
  let amount: Tensor = step;
  while (account.balance > 0) {
    account.pay(amount);
    amount = amount + step;
    if (amount > 30) account.total = account.balance - 1;
  }
  return account.balance * 100 + account.fees;
}

/** Two names of one object. */
/** @graphFunction */
export function aliases(x: Tensor, n: Tensor): Tensor {
  const p = { v: x, w: x };
  const q = p;
  for (let i: Tensor = 0; i < n; i++) {
    q.v = p.v + 1;
    if (p.v % 2 === 0) p.w = q.v;
  }
  return p.v * 100 + q.w;
}

function times(n: Tensor, run: (i: Tensor) => void): void {
  let i: Tensor = gf.scalar(0);
  while (i.less(n)) {
    run(i);
    i = i.add(1);
  }
}

/** The loop stands in another function; what the closure assigns is its state. */
/** @graphFunction */
export function sumOfSquares(n: Tensor): Tensor {
  let sum: Tensor = 0;
  let last: Tensor = -1;
  times(n, (i) => {
    sum = sum + i * i;
    last = i;
  });
  return sum * 100 + last;
}

/** The closure returns on some paths. */
/** @graphFunction */
export function counting(x: Tensor, y: Tensor): Tensor {
  let calls: Tensor = 0;
  const clamp = (v: Tensor): Tensor => {
    calls += 1;
    if (v < 0) {
      calls += 10;
      return 0;
    }
    if (v > 9) return 9;
    calls += 100;
    return v;
  };
  const a = clamp(x);
  const b = x > y ? clamp(y) : y;
  return a + b + calls * 1000;
}

/** Elements of arrays, entries of Maps. */
/** @graphFunction */
export function containers(x: Tensor, n: Tensor): Tensor {
  const pair: Tensor[] = [x, x];
  const found = new Map<string, Tensor>([["last", x]]);
  for (let i: Tensor = 0; i < n; i++) {
    const [a, b] = pair as [Tensor, Tensor];
    pair[0] = b;
    pair[1] = a + b;
    if (b % 2 === 0) found.set("last", b);
  }
  return pair[0] + (found.get("last") as Tensor) * 1000;
}

/** A field that only one branch has. */
/** @graphFunction */
export function fields(x: Tensor): Tensor {
  const o: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) {
    o.b = x * 2;
    o.a = 0;
  } else {
    o.b = x;
  }
  return o.a + o.b;
}

export const runs = {
  spend: [[100, 4], [50, 20], [-1, 3]],
  aliases: [[1, 5], [2, 0]],
  sumOfSquares: [[4], [0]],
  counting: [[5, 2], [-5, 2], [20, -4], [1, 8]],
  containers: [[1, 6], [2, 0], [3, 4]],
  fields: [[2], [5]],
};
