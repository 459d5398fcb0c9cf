import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { HealthSnapshot } from "@seaworthy/health/answer";
import { systemClock as clock } from "@seaworthy/lifecycle/clock";
import { beatMs, listenForBeats } from "./heartbeat.ts";
import { createMainThread } from "./main-thread.ts";
import { answerRequest, notFound } from "./probe-answer.ts";
import { createProbeListener } from "./probe-listener.ts";
import type { FromProbeThread, ProbeThreadData, ToProbeThread } from "./probe-messages.ts";
import { pathOf, routeRequest } from "./probe-routes.ts";
import { watchStalls } from "./stall-watch.ts";
import { writeAnswer } from "./write-answer.ts";

/*
 * The probe thread. It answers from the last snapshot that the main thread posted and from its heartbeat, and asks it
 * for what only it knows. It loads nothing but what that takes: a thread costs memory.
 */
const { options, limits, heartbeat, routes, ...first } = workerData as ProbeThreadData;
let snapshot = JSON.parse(first.snapshot) as HealthSnapshot;

const port = parentPort as MessagePort;
const post = (message: FromProbeThread): void => port.postMessage(message);
const main = createMainThread(clock, post);
const stalls = watchStalls(listenForBeats(heartbeat, clock.now), limits, (stall) => post({ kind: "stall", ...stall }));
const look = (): HealthSnapshot => {
  catchUp();
  return { ...snapshot, heartbeat: stalls.look() };
};

const listener = createProbeListener((request, response) => {
  const answer = answerRequest(request, look, options);
  if (answer?.result) stalls.answered(answer.result);
  if (answer) writeAnswer(answer, request, response);
  else if (!routes.includes(pathOf(request.url))) writeAnswer(notFound(), request, response);
  else void main.ask(routeRequest(request)).then((late) => writeAnswer(late, request, response));
}, clock);

const lookAgain = (): void => {
  const { ageMs, readinessLimitMs } = stalls.look();
  if (ageMs > readinessLimitMs) main.stalled();
  clock.after(beatMs, lookAgain);
};
lookAgain();

const hear = (message: ToProbeThread): void => {
  switch (message.kind) {
    case "listen":
      return void listener.listen(message.port, message.host).then(
        (address) => post({ kind: "listening", address }),
        ({ code, message: text }: NodeJS.ErrnoException) => {
          post({ kind: "refused", error: { ...(code !== undefined && { code }), message: text } });
        },
      );
    case "snapshot":
      snapshot = JSON.parse(message.snapshot) as HealthSnapshot;
      return;
    case "taken":
      main.taken(message.id);
      return;
    case "answer":
      main.answer(message.id, message.answer);
      return;
    case "close":
      return void listener.close().then(() => post({ kind: "closed" }));
  }
};

/** Hears what has been posted, also where the request came first in this turn of the loop. */
function catchUp(): void {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
    hear(next.message as ToProbeThread);
}

port.on("message", hear);
