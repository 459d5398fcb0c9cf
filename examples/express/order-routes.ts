import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { metrics } from "@opentelemetry/api";
import { Router } from "express";
import { pino } from "pino";
import type { Service } from "seaworthy";
import type { Orders } from "./orders.ts";
import { charge } from "./payments.ts";

/** What the service answers to those who order. */
export function orderRoutes(svc: Service, orders: Orders): Router {
  const log = pino();
  const placed = metrics.getMeter("orders").createCounter("orders.placed", { unit: "{order}" });
  const routes = Router();

  routes.post("/orders", async (req, res) => {
    const { item } = (req.body ?? {}) as { item?: unknown };
    if (typeof item !== "string" || item === "") {
      res.status(400).json({ error: 'An order needs an item, such as {"item":"rope"}.' });
    } else if (await charge(item, svc.work)) {
      const order = orders.add(item);
      log.info({ order }, "order placed");
      placed.add(1);
      res.status(201).json(order);
    } else {
      log.warn({ item }, "payment refused");
      res.status(402).json({ error: "The payment was refused." });
    }
  });

  routes.get("/orders/:id", (req, res) => {
    const order = orders.find(Number(req.params.id));
    if (order) res.json(order);
    else res.status(404).json({ error: "No such order." });
  });

  // A response that takes its time, a line for each order: a stop lets it come to its end.
  routes.get("/orders", async (_req, res) => {
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
  routes.get("/slow", async (req, res) => {
    await sleep(Number(req.query["ms"] ?? 2_000), undefined, { signal: svc.work });
    res.json({ slept: true });
  });

  return routes;
}
