import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  void sleep(Number(searchParams.get("after") ?? 0)).then(() => response.end("ahoy\n"));
});

server.listen(Number(process.env["PORT"] ?? 8080), () => {
  const { port } = server.address();
  console.log(`This service listens on http://localhost:${port}. Try: curl 'localhost:${port}'`);
});
