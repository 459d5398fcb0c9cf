// Serves probes, and lives as long as its standard input is open.

import { createHealth } from "@seaworthy/health";
import { createLifecycle } from "@seaworthy/lifecycle";
import { serveProbes } from "../src/probe-server.ts";

process.stdin.resume();
const { port } = await serveProbes(createHealth(createLifecycle()), { port: 0 }).whenListening;
process.stdout.write(`${port}\n`);
