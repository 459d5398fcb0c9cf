import type { ArmedLibrary } from "../instrumentation/armed-library.ts";
import type { Instrumentation } from "./parts.ts";

/**
 * Has the instrumentations of an SDK patch anew what ours had patched before them: some leave alone what they find
 * patched, and others' patches were put on top of ours.
 */
export function lookAnew(instrumentations: readonly Instrumentation[], givenWay: readonly ArmedLibrary[]): void {
  const names = new Set<string | undefined>(givenWay.map(({ instrumentation }) => instrumentation));
  for (const one of instrumentations) {
    if (!names.has(one.instrumentationName) || one.isEnabled?.() === false) continue;
    try {
      one.disable?.();
      one.enable?.();
    } catch {
      // It patches what is loaded from now on.
    }
  }
}
