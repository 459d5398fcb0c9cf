import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Server as NetServer, connect } from "node:net";
import { describe, test } from "node:test";
import { connections, longMs, serve } from "./service.ts";
import { talk } from "./talk.ts";
import { encrypted, plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

// What the drain asks of Node, without any of ours: a version on which one of these fails cannot be drained as before.

const answer = (_request: unknown, response: ServerResponse): void => void response.end("done");
const impatient = { headersTimeout: 300, connectionsCheckingInterval: 50 };

for (const transport of [plain, encrypted()]) {
  describe(`Node, when net.Server closes the listener of a server of ${transport.scheme},`, { timeout: longMs }, () => {
    test("listens no more", async (t) => {
      const { server, port } = await serve(t, transport, answer);
      NetServer.prototype.close.call(server);
      assert.equal(server.listening, false);
      await assert.rejects(once(connect(port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
    });

    test("keeps idle sockets, and serves a late request on one", async (t) => {
      const { server, port } = await serve(t, transport, answer);
      const client = talk(t, await transport.connect(port));
      client.ask("/before");
      await client.answers(1);
      NetServer.prototype.close.call(server);
      await sockets();
      assert.equal(client.isOver(), false);
      client.ask("/late");
      assert.deepEqual((await client.answers(2))[1], { status: 200, connection: "keep-alive", body: "done" });
    });

    test("still answers half-sent headers, and none, with 408 when their time is over", async (t) => {
      const { server, port } = await serve(t, transport, answer, impatient);
      const [half, silent] = [talk(t, await transport.connect(port)), talk(t, await transport.connect(port))];
      half.send("GET /orders HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      await until(async () => (await connections(server)) === 2);
      await sockets();
      NetServer.prototype.close.call(server);
      await Promise.all([half.ended, silent.ended]);
      for (const { heard } of [half, silent]) assert.match(heard(), /^HTTP\/1\.1 408 /);
    });

    test("says that the server has closed when the last socket has", async (t) => {
      const { server, port } = await serve(t, transport, answer);
      const client = talk(t, await transport.connect(port));
      client.ask("/before");
      await client.answers(1);
      const closed = once(server, "close");
      NetServer.prototype.close.call(server);
      client.socket.destroy();
      await closed;
    });

    test("lets the application close the server once more", async (t) => {
      const { server } = await serve(t, transport, answer);
      NetServer.prototype.close.call(server);
      const error = await new Promise((resolve) => void server.close(resolve));
      assert.equal((error as NodeJS.ErrnoException | undefined)?.code, "ERR_SERVER_NOT_RUNNING");
    });
  });
}
