import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, type Server, type Socket, connect } from "node:net";
import { type TestContext, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { trackHandshakes } from "../../src/drain/handshakes.ts";

async function stage(t: TestContext, server: Server) {
  const clock = createManualClock();
  let changes = 0;
  const handshakes = trackHandshakes(server, clock, () => (changes += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const arrive = async (bytes?: Buffer): Promise<Socket> => {
    const arrived = once(server, "connection");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    const [accepted] = (await arrived) as [Socket];
    if (bytes) {
      socket.write(bytes);
      while (accepted.bytesRead === 0 && !accepted.destroyed) await turn();
    }
    return socket;
  };
  return { clock, handshakes, arrive, changes: () => changes };
}

/** A cipher that needs no certificate: what is shaken hands with does not matter here. */
const anonymous = { ciphers: "aNULL@SECLEVEL=0", maxVersion: "TLSv1.2", ecdhCurve: "auto" } as const;

/** How a handshake begins: the head of a record that says there is more of it. */
const hello = Buffer.from([0x16, 3, 1, 1, 0x2c, 1]);

describe("a TLS handshake", () => {
  test("is under way from its first bytes until it is done", async (t) => {
    const server = createHttpsServer({ ...anonymous, minVersion: "TLSv1.2" });
    const { handshakes, arrive, changes } = await stage(t, server);
    const socket = await arrive();
    assert.deepEqual([handshakes.underWay(), changes()], [0, 0]);
    const secure = once(server, "secureConnection");
    const client = connectTls({
      ...anonymous,
      socket,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    client.on("error", () => {});
    let seen = 0;
    server.prependListener("secureConnection", () => (seen = handshakes.underWay()));
    await secure;
    assert.deepEqual([seen, handshakes.underWay(), changes()], [1, 0, 1]);
  });

  test("that fails, or whose client goes away, is over", async (t) => {
    const server = createHttpsServer();
    const { handshakes, arrive } = await stage(t, server);
    const gone = await arrive(hello);
    assert.equal(handshakes.underWay(), 1);
    gone.destroy();
    while (handshakes.underWay() > 0) await turn();
    const failed = once(server, "tlsClientError");
    await arrive(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await failed;
    assert.equal(handshakes.underWay(), 0);
  });

  test("is not waited for after a second", async (t) => {
    const { clock, handshakes, arrive } = await stage(t, createHttpsServer());
    await arrive(hello);
    await clock.advance(999);
    assert.equal(handshakes.underWay(), 1);
    await clock.advance(1);
    assert.equal(handshakes.underWay(), 0);
  });

  test("is none of a server without TLS", async (t) => {
    const server = createHttpServer();
    const { handshakes, arrive } = await stage(t, server);
    await arrive(hello);
    assert.equal(handshakes.underWay(), 0);
    const listeners = server.listenerCount("connection");
    handshakes[Symbol.dispose]();
    assert.equal(server.listenerCount("connection"), listeners);
  });
});
