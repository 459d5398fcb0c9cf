import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { until } from "./until.ts";

/** One connection, byte by byte. */
export interface Talk {
  readonly socket: Socket;
  /** Sends a request without a body; it ends the way the text does. */
  ask(path: string, ...headers: readonly string[]): void;
  send(text: string): void;
  /** All that came so far. */
  heard(): string;
  /** Waits for as many whole answers, each of which must have a Content-Length. */
  answers(count: number): Promise<readonly TalkAnswer[]>;
  /** How the other side ended it. */
  readonly ended: Promise<"in order" | "cut">;
  /** Whether it has ended. */
  isOver(): boolean;
}

export interface TalkAnswer {
  readonly status: number;
  /** What the Connection header says. */
  readonly connection: string | undefined;
  readonly body: string;
}

/** Talks over a socket until the test is over. */
export function talk(t: TestContext, socket: Socket): Talk {
  let heard = "";
  let over = false;
  const { promise: ended, resolve } = Promise.withResolvers<"in order" | "cut">();
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (heard += chunk));
  socket.once("end", () => resolve("in order"));
  socket.once("error", () => resolve("cut"));
  socket.once("close", () => {
    over = true;
    resolve("cut");
  });
  t.after(() => socket.destroy());
  return {
    socket,
    ask: (path, ...headers) => void socket.write([`GET ${path} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n")),
    send: (text) => void socket.write(text),
    heard: () => heard,
    async answers(count) {
      await until(() => over || parse(heard).length >= count);
      return parse(heard);
    },
    ended,
    isOver: () => over,
  };
}

function parse(text: string): readonly TalkAnswer[] {
  const answers: TalkAnswer[] = [];
  for (let rest = text; ;) {
    const [head = "", ...after] = rest.split("\r\n\r\n");
    const body = after.join("\r\n\r\n");
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? NaN);
    if (after.length === 0 || !(body.length >= length)) return answers;
    answers.push({
      status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
      connection: /^connection: (.+)$/im.exec(head)?.[1],
      body: body.slice(0, length),
    });
    rest = body.slice(length);
  }
}
