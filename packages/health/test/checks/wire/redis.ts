import { type WireServer, serve } from "./serve.ts";

/** A server that knows enough of RESP 2 to be connected to and pinged. */
export function serveRedis(): Promise<WireServer> {
  return serve((socket, reply) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      for (let command = readCommand(text); command; command = readCommand(text)) {
        text = text.slice(command.length);
        reply(answer(command.words));
      }
    });
  });
}

function answer([name = "", ...rest]: string[]): string {
  switch (name.toUpperCase()) {
    case "PING":
      return "+PONG\r\n";
    case "INFO":
      return bulk("redis_version:7.4.0\r\nloading:0\r\n");
    case "CLIENT":
    case "SELECT":
      return "+OK\r\n";
    default:
      return `-ERR unknown command '${name} ${rest[0] ?? ""}'\r\n`;
  }
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** Reads one array of bulk strings from the start of the text, if it is all there. */
function readCommand(text: string): { readonly words: string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  const words: string[] = [];
  let at = head[0].length;
  while (words.length < Number(head[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!size) return undefined;
    const start = at + size[0].length;
    const end = start + Number(size[1]);
    if (text.length < end + 2) return undefined;
    words.push(text.slice(start, end));
    at = end + 2;
  }
  return { words, length: at };
}
