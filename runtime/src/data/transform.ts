/** Stages that run a user's function on every element. */
import { numberOf } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apart, dispose } from "../eager/memory.ts";
import { tensorsIn } from "../eager/scope.ts";
import { type Body, END, isThenable, type Step, Wait } from "./flow.ts";
import { discard, own, ownsAny } from "./owned.ts";
import { type Recipe, staged } from "./recipe.ts";

const NONE: ReadonlySet<Tensor> = new Set();

/** `f` of each element, run as in tidy(): of the tensors that it makes, those in its result live on. */
export function map<T, O>(source: Recipe<T>, f: (value: T) => O): Recipe<O> {
  return staged(source, source.size, function* (flow): Body<O> {
    for (;;) {
      const item = (yield flow) as Step<T>;
      if (item === END) return;
      const result = tidied(() => f(item), item);
      if (isThenable(result)) {
        quiet(result);
        throw new ArgumentError("map: the function returned a promise.", { hint: "Use mapAsync()." });
      }
      yield result;
    }
  });
}

/** A promise that nobody will look at must not bring down the process when it fails. */
function quiet(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => {});
}

/** Runs a function on an element: what it made and what the element held is disposed, except what is in the result. */
function tidied<O>(f: () => O, item: unknown): O {
  const born: Tensor[] = [];
  let result: O;
  try {
    result = apart(f, born);
  } catch (error) {
    for (const t of born) if (!t.kept) dispose(t);
    discard(item);
    throw error;
  }
  const survivors = born.length > 0 || ownsAny() ? tensorsIn(result) : NONE;
  for (const t of born) {
    if (t.kept) continue;
    if (survivors.has(t)) own(t);
    else dispose(t);
  }
  discard(item, survivors);
  return result;
}

/** As `map`, with a function that returns a promise; one element at a time. Its intermediate tensors are its own affair. */
export function mapAsync<T, O>(source: Recipe<T>, f: (value: T) => PromiseLike<O> | O): Recipe<O> {
  const recipe = staged(source, source.size, function* (flow): Body<O> {
    for (;;) {
      const item = (yield flow) as Step<T>;
      if (item === END) return;
      yield (yield new Wait(awaited(f, item))) as O;
    }
  });
  return { ...recipe, awaits: source.awaits ?? "mapAsync()" };
}

/** The element's own tensors are in use until the promise settles, also when nobody waits for it any more. */
async function awaited<T, O>(f: (value: T) => PromiseLike<O> | O, item: T): Promise<O> {
  try {
    const result = await f(item);
    discard(item, ownsAny() ? tensorsIn(result) : NONE);
    return result;
  } catch (error) {
    discard(item);
    throw error;
  }
}

/** The elements for which `predicate` holds. */
export function filter<T>(source: Recipe<T>, predicate: (value: T) => unknown): Recipe<T> {
  const size = source.size === Infinity || source.size === 0 ? source.size : null;
  return staged(source, size, function* (flow): Body<T> {
    for (;;) {
      const item = (yield flow) as Step<T>;
      if (item === END) return;
      let answer = judged(predicate, item);
      if (isThenable(answer)) answer = truth(yield new Wait(answer));
      if (answer) yield item;
      else discard(item);
    }
  });
}

/** The predicate's answer; a tensor is read before what it was made of is disposed. */
function judged<T>(predicate: (value: T) => unknown, item: T): unknown {
  const born: Tensor[] = [];
  try {
    return truth(apart(() => predicate(item), born));
  } catch (error) {
    discard(item);
    throw error;
  } finally {
    for (const t of born) if (!t.kept) dispose(t);
  }
}

function truth(answer: unknown): unknown {
  if (isThenable(answer)) return answer;
  if (answer === undefined) throw new ArgumentError("filter: the predicate returned nothing.", { hint: "Return a boolean." });
  if (!isTensor(answer)) return Boolean(answer);
  if (answer.size !== 1 || answer.elements === null) {
    throw new ArgumentError(`filter: the predicate returned a tensor of shape [${answer.shape.join(",")}], but must return one boolean.`, {
      hint: "Use all() or any().",
    });
  }
  return numberOf(answer.elements[0]) !== 0;
}
