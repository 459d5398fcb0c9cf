import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freeRow } from "./free-row.ts";

const names = ["prometheus", "collector"] as const;
type Name = (typeof names)[number];

/** Programs in the place of Prometheus and the Collector that run until they are ended, and do nothing. */
export interface StandIns {
  /** Has the example take them, ports that are free, and a temporary folder of its own. */
  readonly env: Readonly<Record<string, string>>;
  readonly firstPort: number;
  /** Resolves when that one runs. */
  started(name: Name): Promise<void>;
  /** Those that have run. */
  begun(): readonly Name[];
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
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  for (const name of names) writeFileSync(join(folder, name), program, { mode: 0o755 });
  const firstPort = await freeRow(5);

  /** Which process one is, once it runs. */
  const pidOf = (name: Name): number | undefined => {
    const file = join(folder, `${name}.pid`);
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text.endsWith("\n") ? Number(text) : undefined;
  };
  const left = (): Name[] => names.filter((name) => isAlive(pidOf(name)));
  t.after(() => {
    for (const name of left()) process.kill(pidOf(name) as number, "SIGKILL");
    rmSync(folder, { recursive: true });
  });
  return {
    env: {
      PROMETHEUS_BIN: join(folder, "prometheus"),
      OTELCOL_BIN: join(folder, "collector"),
      FIRST_PORT: String(firstPort),
      TMPDIR: temporary,
    },
    firstPort,
    async started(name) {
      while (pidOf(name) === undefined) await sleep(10);
    },
    begun: () => names.filter((name) => pidOf(name) !== undefined),
    assertNothingIsLeft() {
      assert.deepEqual(left(), []);
      assert.deepEqual(
        readdirSync(temporary).filter((name) => name.startsWith("seaworthy-")),
        [],
      );
    },
  };
}

/** A server that says of whatever it is asked that it is well. */
export function answerOn(t: TestContext, port: number): void {
  const server = createServer((_request, response) => response.end()).listen(port, "127.0.0.1");
  t.after(() => void server.close());
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
