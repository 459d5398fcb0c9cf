import express from "express";
import say from "./say.cjs";

const app = express();
app.get("/users/:id", (request, response) => response.json({ id: request.params.id, name: "Ada" }));
const server = app.listen(0, "127.0.0.1", () => say.ready(server));
