// The README of close-with-grace, "Example with Fastify". It has no delay before the close of its own.

import { setTimeout } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import fastify from "fastify";
import { delayMs, listening, takeOrder } from "./order-service.ts";

const app = fastify();
app.addContentTypeParser("*", (_request, payload, done) => void payload.resume().once("end", () => done(null)));
app.post("/orders", takeOrder);
closeWithGrace(async () => {
  await setTimeout(delayMs);
  await app.close();
});
await app.listen({ port: 0, host: "127.0.0.1" });
listening(app.server);
