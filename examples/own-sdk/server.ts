import type { AddressInfo } from "node:net";
import { metrics } from "@opentelemetry/api";
import express from "express";
import { start } from "seaworthy";
import { prometheus, sdk } from "./telemetry.ts";

const svc = start({ name: "stock", telemetry: sdk });
const asked = metrics.getMeter("stock").createCounter("stock.asked", { unit: "{question}" });
const stock = new Map([
  ["rope", 120],
  ["anchor", 3],
]);

const app = express();
app.use(svc.probes());
app.get("/metrics", (req, res) => prometheus.getMetricsRequestHandler(req, res));

app.get("/stock/:item", (req, res) => {
  const { item } = req.params;
  const count = stock.get(item);
  asked.add(1, { known: count !== undefined });
  if (count === undefined) res.status(404).json({ error: "Not in stock." });
  else res.json({ item, count });
});

const server = app.listen(Number(process.env["PORT"] ?? 8080), (error) => {
  if (error) throw error;
  svc.markStarted();
  const { port } = server.address() as AddressInfo;
  console.log(`The stock service listens on http://localhost:${port}. Try: curl 'localhost:${port}/stock/rope'`);
});
