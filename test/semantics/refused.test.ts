/** What the types of a program do not show is refused while tracing. */
import * as gf from "graphfn";
import { expect, it } from "vitest";
import { thrown } from "../staged/emitted.ts";
import { has } from "./refused/fields.ts";

it("in, of a field that one branch sets", () => {
  expect(thrown(() => has(gf.scalar(5)))).toMatchObject({ code: "E_MAYBE", message: expect.stringContaining("whether there is a `b`") });
});
