import { createServer } from "node:net";

/** The first of so many ports in a row that were free a moment ago. */
export async function freeRow(length: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const row = Array.from({ length }, (_, place) => first + place);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return first;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer().once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
