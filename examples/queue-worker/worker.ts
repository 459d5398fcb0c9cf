import { setTimeout as sleep } from "node:timers/promises";
import { start } from "seaworthy";
import { type Job, connectQueue } from "./queue.ts";

const svc = start({ name: "mailer" });

const queue = connectQueue();
svc.check("queue", () => queue.ping(), { gates: "readiness", intervalMs: 1_000 });
// Stop hooks run when no job is in flight: the connection closes after its last consumer.
svc.onStop("queue", () => queue.close());

// In place of the services that would publish: a job a second.
let id = 0;
const producer = setInterval(() => queue.publish({ id: ++id, takesMs: Number(process.env["JOB_MS"] ?? 700) }), 1_000);
svc.intake.addEventListener("abort", () => clearInterval(producer));

async function handle(job: Job, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  console.log(`job ${job.id} begins`);
  try {
    await sleep(job.takesMs, undefined, { signal });
    console.log(`job ${job.id} is done`);
  } catch {
    queue.release(job);
    console.log(`job ${job.id} is given back`);
  }
}

svc.markStarted();
console.log("The mailer asks for jobs. Press Ctrl-C to stop it.");
for await (const job of queue.consume({ signal: svc.intake })) {
  await svc.waitUntil(`job ${job.id}`, handle(job, { signal: svc.work }));
}
console.log("The mailer asks for no more jobs.");
