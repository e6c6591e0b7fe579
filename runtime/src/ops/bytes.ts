/** What uint8 does not hold. In a file without records: the backends import it, and importing records defines them. */
import { ArgumentError } from "../core/errors.ts";

export function beyondByte(value: number): ArgumentError {
  return new ArgumentError(`${value} met a uint8 tensor, which holds whole numbers from 0 to 255.`, {
    code: "E_OVERFLOW",
    hint: "Cast the tensor to int32 first.",
  });
}
