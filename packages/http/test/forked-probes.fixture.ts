// Serves probes where it is told to, says to its parent on which port, and ends when the parent lets go of it.

import { createHealth } from "@seaworthy/health";
import { createLifecycle } from "@seaworthy/lifecycle";
import { serveProbes } from "../src/probe-server.ts";

const probes = serveProbes(createHealth(createLifecycle()), { port: Number(process.argv[2]), host: "127.0.0.1" });
const answer = await probes.whenListening.catch(({ code }: NodeJS.ErrnoException) => ({ code }));
process.send?.(answer);
process.once("disconnect", () => process.exit());
