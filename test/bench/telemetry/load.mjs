import { connect } from "node:net";

// Sends requests as fast as they are answered, on connections that are kept, for as long as it is told to.
const connections = 32;
const request = Buffer.from("GET /users/42 HTTP/1.1\r\nHost: localhost\r\n\r\n");

function run({ port, ms }) {
  return new Promise((resolve, reject) => {
    const latencies = [];
    const sockets = [];
    let failed = 0;
    let stopping = false;
    let open = connections;

    for (let n = 0; n < connections; n += 1) {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      socket.setNoDelay(true);
      let sentAt = 0;
      let missing = 0;
      const send = () => {
        missing = 0;
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on("connect", send);
      socket.on("data", (chunk) => {
        if (missing === 0) {
          // Every answer of a server is as long as the one before, and comes with its head in one piece.
          const head = chunk.toString("latin1", 0, 1_024);
          if (!head.startsWith("HTTP/1.1 200")) failed += 1;
          const end = head.indexOf("\r\n\r\n") + 4;
          missing = end + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        }
        missing -= chunk.length;
        if (missing > 0) return;
        latencies.push(performance.now() - sentAt);
        if (stopping) socket.end();
        else send();
      });
      socket.on("error", reject);
      socket.on("close", () => {
        open -= 1;
        if (open > 0) return;
        latencies.sort((a, b) => a - b);
        const p99 = latencies[Math.floor(latencies.length * 0.99)];
        resolve({ requests: latencies.length, failed, p99 });
      });
    }
    setTimeout(() => (stopping = true), ms);
  });
}

process.on("message", (job) => {
  run(job).then(
    (result) => process.send(result),
    (error) => process.send({ requests: 0, failed: 1, p99: Number.NaN, error: String(error) }),
  );
});
process.send({ port: 0 });
