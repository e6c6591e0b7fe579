import type { Tensor } from "graphfn";

/** Initializers of fields belong to what the members compute with: literals are Tensors where the field is declared as one. */
class Account {
  balance: Tensor;
  fees: Tensor = 0;
  rates: Tensor[] = [1, 2];
  readonly limits: { low: Tensor; high: Tensor } = { low: -1, high: 10 };
  #taken: Tensor = 0;
  static factor: Tensor = 3;
  /** No field of the graph. */
  name: string = "account";

  constructor(start: Tensor) {
    this.balance = start;
  }

  /** @eagerFunction */
  withdraw(x: Tensor): void {
    if (x > this.balance) {
      this.fees += this.rates[1];
      return;
    }
    if (x < this.limits.high) this.#taken++;
    this.balance -= x;
  }

  /** @eagerFunction */
  get net(): Tensor {
    return this.balance - this.fees * 10 + this.#taken * 100 * Account.factor;
  }
}

/** @graphFunction */
export function settle(start: Tensor, n: Tensor): Tensor {
  const account = new Account(start);
  for (let x: Tensor = 1; x <= n; x++) {
    account.withdraw(x);
    if (account.fees > 6) break;
  }
  return account.net;
}

/** @graphFunction */
export function inside(n: Tensor): Tensor {
  class Inner {
    half: Tensor = 1;
    /** @eagerFunction */
    of(x: Tensor): Tensor {
      if (x > 4) this.half = 2;
      return x / this.half;
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
