import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import express, { type NextFunction, type Request, type Response } from "express";
import { start } from "seaworthy";
import { openOrders } from "./orders.ts";
import { tellWhatToTry } from "./what-to-try.ts";

const svc = start({ name: "orders" });

const orders = openOrders(process.env["ORDERS_DB"] ?? ":memory:");
svc.check("orders database", () => orders.ping(), { gates: "readiness", intervalMs: 1_000 });
svc.onStop("orders database", () => orders.close());

const app = express();
app.use(svc.probes());
app.use(express.json());

app.post("/orders", (req, res) => {
  const { item } = (req.body ?? {}) as { item?: unknown };
  if (typeof item === "string" && item !== "") res.status(201).json(orders.add(item));
  else res.status(400).json({ error: 'An order needs an item, such as {"item":"rope"}.' });
});

app.get("/orders/:id", (req, res) => {
  const order = orders.find(Number(req.params.id));
  if (order) res.json(order);
  else res.status(404).json({ error: "No such order." });
});

// A response that takes its time, a line for each order: a stop lets it come to its end.
app.get("/orders", async (_req, res) => {
  const lines = async function* (): AsyncGenerator<string> {
    for (const order of orders.list()) {
      await sleep(500, undefined, { signal: svc.work });
      yield `${JSON.stringify(order)}\n`;
    }
  };
  res.type("application/x-ndjson");
  await pipeline(Readable.from(lines()), res);
});

// In flight while it sleeps: a stop waits for it, until svc.work says that there is no time left.
app.get("/slow", async (req, res) => {
  await sleep(Number(req.query["ms"] ?? 2_000), undefined, { signal: svc.work });
  res.json({ slept: true });
});

app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  if (res.headersSent) res.destroy();
  else if (svc.work.aborted) res.status(503).json({ error: "The service stops: ask again." });
  else next(error);
});

const server = app.listen(Number(process.env["PORT"] ?? 8080), (error) => {
  if (error) throw error;
  svc.markStarted();
  void tellWhatToTry(server, svc);
});
