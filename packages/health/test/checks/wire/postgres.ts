import { int16, int32, onFrame } from "./frames.ts";
import { type WireServer, serve } from "./serve.ts";

const ready = message("Z", Buffer.from("I"));

/** A server that knows enough of PostgreSQL's protocol 3 to let anyone in and answer any simple query with one row. */
export function servePostgres(): Promise<WireServer> {
  return serve((socket, reply) => {
    let isIn = false;
    const lengthOf = (bytes: Buffer) => {
      const at = isIn ? 1 : 0;
      return bytes.length < at + 4 ? undefined : at + bytes.readInt32BE(at);
    };
    onFrame(socket, lengthOf, (frame) => {
      const kind = isIn ? String.fromCharCode(frame[0] ?? 0) : "startup";
      isIn = true;
      if (kind === "startup") reply(Buffer.concat([message("R", int32(0)), ready]));
      if (kind === "Q") reply(Buffer.concat([row("1"), message("C", Buffer.from("SELECT 1\0")), ready]));
      if (kind === "X") socket.end();
    });
  });
}

function message(kind: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
}

function row(value: string): Buffer {
  const field = [Buffer.from("?column?\0"), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)];
  const description = message("T", Buffer.concat([int16(1), ...field]));
  return Buffer.concat([description, message("D", Buffer.concat([int16(1), int32(value.length), Buffer.from(value)]))]);
}
