import { SeaworthyError, describe, optionError } from "@seaworthy/lifecycle";

/** Lets an options object through. @throws `ERR_SEAWORTHY_OPTION` for anything else. */
export function optionsOf<Options extends object>(check: string, options: Options): Options {
  if (typeof options === "object" && options !== null) return options;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `${check}() to be given an options object`,
    got: describe(options),
    fix: "Pass the options in one object, by name.",
  });
}

/** Lets a share of a whole through: above 0, at most 1. @throws `ERR_SEAWORTHY_OPTION` for anything else. */
export function ratioOption(name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw optionError(name, "a number above 0 and at most 1", value, "Pass a share of the whole, 0.9 for 90 %.");
}
