import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Phase, createPhaseWalk } from "../src/phase.ts";

const phases: readonly Phase[] = ["starting", "started", "draining", "stopping", "stopped"];

/** The way to each phase, and the moves that lead on from there. */
const table: Readonly<Record<Phase, { readonly way: readonly Phase[]; readonly next: readonly Phase[] }>> = {
  starting: { way: [], next: ["started", "draining"] },
  started: { way: ["started"], next: ["draining"] },
  draining: { way: ["draining"], next: ["stopping", "stopped"] },
  stopping: { way: ["draining", "stopping"], next: ["stopped"] },
  stopped: { way: ["draining", "stopped"], next: [] },
};

function walkTo(phase: Phase) {
  const moves: string[] = [];
  const walk = createPhaseWalk((from, to) => moves.push(`${from} > ${to}`));
  for (const to of table[phase].way) walk.move(to);
  return { walk, moves };
}

describe("the phase walks in one direction", () => {
  for (const from of phases) {
    for (const to of phases) {
      const legal = table[from].next.includes(to);
      test(`from ${from} to ${to} is ${legal ? "a move" : "no move"}`, () => {
        const { walk, moves } = walkTo(from);
        const before = moves.length;
        if (legal) {
          walk.move(to);
          assert.equal(walk.current(), to);
          assert.deepEqual(moves.slice(before), [`${from} > ${to}`]);
        } else {
          assert.throws(() => walk.move(to), {
            code: "ERR_SEAWORTHY_PHASE",
            message: new RegExp(`"${from}" to "${to}"`),
          });
          assert.equal(walk.current(), from);
          assert.equal(moves.length, before);
        }
      });
    }
  }
});

test("an illegal move is told what would have been legal", () => {
  assert.throws(() => walkTo("starting").walk.move("stopped"), {
    message: /a move from "starting" to "started" or "draining"/,
  });
  assert.throws(() => walkTo("stopped").walk.move("starting"), { message: /a move from "stopped" to nothing/ });
});

test("whoever hears of a move finds the phase moved", () => {
  const seen: Phase[] = [];
  const walk = createPhaseWalk(() => seen.push(walk.current()));
  walk.move("started");
  walk.move("draining");
  assert.deepEqual(seen, ["started", "draining"]);
});
