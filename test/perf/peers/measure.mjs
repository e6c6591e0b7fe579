/**
 * Nanoseconds of a call: the least of many short rounds, so that other work on the machine counts little, after as long a time in which
 * nothing counts, for V8 to compile what is run. One JSON line per case.
 */
export function measure(name, run, budget) {
  const now = () => Number(process.hrtime.bigint());
  const batch = (n) => {
    const start = now();
    for (let i = 0; i < n; i++) run();
    return now() - start;
  };
  for (const warm = now() + budget * 1e6; now() < warm; ) run();
  let n = 1;
  while (batch(n) < 1e6 && n < 1 << 20) n *= 2;
  let least = Infinity;
  for (const end = now() + budget * 1e6; now() < end || least === Infinity; ) least = Math.min(least, batch(n) / n);
  console.log(JSON.stringify({ name, ns: least }));
}
