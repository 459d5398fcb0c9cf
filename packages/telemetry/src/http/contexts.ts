import { context } from "@opentelemetry/api";
import type { EnteringContextManager } from "../context-manager.ts";

/** What is asked of the keeper of contexts. */
export type Contexts = Pick<EnteringContextManager, "active" | "with" | "enterWith">;

/** The one that is registered with the API, whoever made it; it has to know `attach`, as all of SDK 3 do. */
export const registeredContexts: Contexts = {
  active: () => context.active(),
  with: (active, fn, thisArg, ...args) => context.with(active, fn, thisArg, ...args),
  enterWith: (entered) => void context.attach(entered),
};
