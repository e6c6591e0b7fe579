/** What a run puts on stacks, counted on the reference backend. */
import { vi } from "vitest";
import { ByteStack } from "../../runtime/src/backends/byte-stack.ts";

/** Bytes that lie on all stacks together, at their most. */
export function mostOnStacks(body: () => void): number {
  let [now, most] = [0, 0];
  const { push, pop } = ByteStack.prototype;
  const spies = [
    vi.spyOn(ByteStack.prototype, "push").mockImplementation(function (this: ByteStack, value) {
      push.call(this, value);
      most = Math.max(most, (now += value.byteLength));
    }),
    vi.spyOn(ByteStack.prototype, "pop").mockImplementation(function (this: ByteStack, to) {
      pop.call(this, to);
      now -= to.byteLength;
    }),
  ];
  try {
    body();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return most;
}
