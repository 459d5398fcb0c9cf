import express from "express";
import { answer, portOf, ready } from "./app.mjs";

const app = express();
app.get("/livez", (_request, response) => void response.send("ok"));
app.use(answer);
const server = app.listen(0, "127.0.0.1", () => {
  ready({ app: portOf(server), probes: portOf(server), path: "/livez" });
});
