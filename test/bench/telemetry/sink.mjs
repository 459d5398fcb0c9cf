import { createServer } from "node:http";

// A Collector that only counts: the spans of servers, in protocol buffers, and the bytes of all that comes. To decode it
// all would take the CPU that the load is made with.
let serverSpans = 0;
let spans = 0;
let bytes = 0;
const server = 2;

/** Calls `see` with each field of a message: its number, where its value begins and ends, and the value of a number. */
function eachField(buffer, from, to, see) {
  let at = from;
  const varint = () => {
    let value = 0;
    let factor = 1;
    let byte;
    do {
      byte = buffer[at++];
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte > 127);
    return value;
  };
  while (at < to) {
    const key = varint();
    const field = Math.floor(key / 8);
    let value = 0;
    let length = 0;
    switch (key % 8) {
      case 0:
        value = varint();
        break;
      case 1:
        length = 8;
        break;
      case 2:
        length = varint();
        break;
      case 5:
        length = 4;
        break;
      default:
        throw new Error(`no such wire type: ${key % 8}`);
    }
    see(field, at, at + length, value);
    at += length;
  }
}

function countSpans(body) {
  eachField(body, 0, body.length, (_resourceSpans, from, to) =>
    eachField(body, from, to, (scopeSpans, scopeFrom, scopeTo) => {
      if (scopeSpans !== 2) return;
      eachField(body, scopeFrom, scopeTo, (span, spanFrom, spanTo) => {
        if (span !== 2) return;
        spans += 1;
        eachField(body, spanFrom, spanTo, (field, _from, _to, value) => {
          if (field === 6 && value === server) serverSpans += 1;
        });
      });
    }),
  );
}

const listening = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    bytes += body.length;
    if (request.url === "/v1/traces") countSpans(body);
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
});
listening.listen(0, "127.0.0.1", () => process.send({ port: listening.address().port }));

process.on("message", (message) => {
  if (message === "forget") spans = serverSpans = bytes = 0;
  process.send({ spans, serverSpans, bytes });
});
