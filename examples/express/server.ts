import express, { type NextFunction, type Request, type Response } from "express";
import { start } from "seaworthy";
import { orderRoutes } from "./order-routes.ts";
import { openOrders } from "./orders.ts";
import { tellWhatToTry } from "./what-to-try.ts";

const svc = start({ name: "orders" });

const orders = openOrders(process.env["ORDERS_DB"] ?? ":memory:");
svc.check("orders database", () => orders.ping(), { gates: "readiness", intervalMs: 1_000 });
svc.onStop("orders database", () => orders.close());

const app = express();
app.use(svc.probes());
app.use(express.json());
app.use(orderRoutes(svc, orders));

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
