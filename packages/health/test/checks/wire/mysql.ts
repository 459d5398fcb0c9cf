import { int8, onFrame } from "./frames.ts";
import { type WireServer, serve } from "./serve.ts";

/** Capabilities: protocol 4.1, secure connection, plugin authentication, long passwords and flags. */
const capabilities = 0x0008_8205;

/** A server that knows enough of MySQL's protocol to let anyone in and answer everything else with OK. */
export function serveMysql(): Promise<WireServer> {
  return serve((socket, reply) => {
    socket.write(packet(0, greeting()));
    const lengthOf = (bytes: Buffer) => (bytes.length < 4 ? undefined : 4 + bytes.readUIntLE(0, 3));
    onFrame(socket, lengthOf, (frame) => {
      const sequence = frame[3] ?? 0;
      const isQuit = sequence === 0 && frame[4] === 1;
      if (isQuit) socket.end();
      else reply(packet(sequence + 1, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
    });
  });
}

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head.writeUInt8(sequence, 3);
  return Buffer.concat([head, body]);
}

function greeting(): Buffer {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(capabilities);
  const salt = Buffer.alloc(20, "s");
  return Buffer.concat([
    int8(10),
    Buffer.from("8.0.0-wire\0"),
    Buffer.from([1, 0, 0, 0]),
    salt.subarray(0, 8),
    int8(0),
    flags.subarray(0, 2),
    int8(45),
    Buffer.from([2, 0]),
    flags.subarray(2, 4),
    int8(21),
    Buffer.alloc(10),
    salt.subarray(8),
    int8(0),
    Buffer.from("mysql_native_password\0"),
  ]);
}
