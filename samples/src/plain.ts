/** Stands in for graphfn where a sample's text runs on plain numbers: marking does nothing. */
export function graphFunction<F>(fn: F): F {
  return fn;
}
