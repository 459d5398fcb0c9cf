import { type ArmOptions, type Armed, armInstrumentations } from "./arm.ts";

let early: Armed | undefined;

/** Arms the libraries before there is a life, for whoever is loaded before the application. */
export function armEarly(options: ArmOptions = {}): void {
  early ??= armInstrumentations(options);
}

/** What was armed before, once; else arms now. */
export function armOrTake(options: ArmOptions): Armed {
  const armed = early;
  early = undefined;
  if (!armed) return armInstrumentations(options);
  armed.choose(options);
  if (options.tell) armed.tellTo(options.tell);
  return armed;
}
