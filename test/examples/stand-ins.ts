import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freeRow } from "./free-row.ts";

type Name = "prometheus" | "collector";

/** Programs in the place of Prometheus and the Collector that run until they are ended, and do nothing. */
export interface StandIns {
  /** Has the example take them, ports that are free, and a temporary folder of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when that one runs. */
  started(name: Name): Promise<void>;
  /** Answers as Prometheus does when it is ready. */
  answerForPrometheus(): void;
  /** Fails where a process still runs, or a file is left. */
  assertNothingIsLeft(): void;
}

const program = `#!/bin/sh
if [ "$1" = --version ]; then echo "version 3.16.0"; exit; fi
echo $$ >"$0.pid"
exec sleep 600
`;

export async function openStandIns(t: TestContext): Promise<StandIns> {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-stand-ins-"));
  const pathOf = (name: Name): string => join(folder, name);
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  for (const name of ["prometheus", "collector"] as const) writeFileSync(pathOf(name), program, { mode: 0o755 });
  const first = await freeRow(5);

  /** The processes that have said that they run, and still do. */
  const running = (): number[] =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".pid"))
      .map((file) => Number(readFileSync(join(folder, file), "utf8")))
      .filter((pid) => pid > 0 && runs(pid));
  t.after(() => {
    for (const pid of running()) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true });
  });
  return {
    env: {
      PROMETHEUS_BIN: pathOf("prometheus"),
      OTELCOL_BIN: pathOf("collector"),
      FIRST_PORT: String(first),
      TMPDIR: temporary,
    },
    async started(name) {
      const files = (): string[] => readdirSync(folder).filter((file) => file === `${name}.pid`);
      while (!files().some((file) => readFileSync(join(folder, file), "utf8").endsWith("\n"))) await sleep(10);
    },
    answerForPrometheus() {
      const server = createServer((_request, response) => response.end()).listen(first + 4, "127.0.0.1");
      t.after(() => void server.close());
    },
    assertNothingIsLeft() {
      assert.deepEqual(running(), []);
      assert.deepEqual(
        readdirSync(temporary).filter((name) => name.startsWith("seaworthy-")),
        [],
      );
    },
  };
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
