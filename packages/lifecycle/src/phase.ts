import { SeaworthyError } from "./errors.ts";

/**
 * Where the process is in its life.
 *
 * - `starting`: not ready for work; the platform should wait.
 * - `started`: doing its work; the platform should route to it.
 * - `draining`: finishing the work in hand; the platform should route elsewhere.
 * - `stopping`: closing what it depends on, one thing at a time.
 * - `stopped`: about to exit.
 */
export type Phase = "starting" | "started" | "draining" | "stopping" | "stopped";

const legalMoves: Readonly<Record<Phase, readonly Phase[]>> = {
  starting: ["started", "draining"],
  started: ["draining"],
  draining: ["stopping", "stopped"],
  stopping: ["stopped"],
  stopped: [],
};

/** Holds the phase and lets it walk in one direction only. */
export interface PhaseWalk {
  current(): Phase;
  /** @throws `ERR_SEAWORTHY_PHASE` when the table has no such move. */
  move(to: Phase): void;
}

/** Starts the walk at `starting`; `onMove` hears of each move after it was made. */
export function createPhaseWalk(onMove: (from: Phase, to: Phase) => void): PhaseWalk {
  let phase: Phase = "starting";
  return {
    current: () => phase,
    move(to) {
      const from = phase;
      if (!legalMoves[from].includes(to)) {
        throw new SeaworthyError("ERR_SEAWORTHY_PHASE", {
          expected: `a move from "${from}" to ${legalMoves[from].map((next) => `"${next}"`).join(" or ") || "nothing"}`,
          got: `"${from}" to "${to}"`,
          fix: "A process walks its phases in one direction.",
        });
      }
      phase = to;
      onMove(from, to);
    },
  };
}
