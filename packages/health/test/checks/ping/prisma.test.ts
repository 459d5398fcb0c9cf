import assert from "node:assert/strict";
import { test } from "node:test";
import { prisma } from "../../../src/checks/ping/prisma.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { fewTurns } from "../until.ts";

/** What Prisma generates: a promise that asks when it is awaited, from a method with a type parameter. */
interface GeneratedClient {
  $queryRawUnsafe<T = unknown>(query: string, ...values: readonly unknown[]): PromiseLike<T> & { requestId?: number };
}

prisma satisfies (client: GeneratedClient) => Check;

function fake(answer: () => Promise<unknown>): { readonly queries: string[]; readonly client: GeneratedClient } {
  const queries: string[] = [];
  const $queryRawUnsafe = <T>(query: string) => {
    const asked: PromiseLike<T> = {
      // oxlint-disable-next-line unicorn/no-thenable -- Prisma's promises ask when `then` is called
      then(onResolve, onReject) {
        queries.push(query);
        return (answer() as Promise<T>).then(onResolve, onReject);
      },
    };
    return asked;
  };
  return { queries, client: { $queryRawUnsafe } };
}

test("a database that answers passes, asked once", async () => {
  const { queries, client } = fake(async () => [{ "1": 1 }]);
  await run(prisma(client));
  assert.deepEqual(queries, ["select 1"]);
});

test("a database that cannot be reached fails the check, with Prisma's text on one line", async () => {
  const text = "\nInvalid `prisma.$queryRawUnsafe()` invocation:\n\n\nCan't reach database server at `db:5432`";
  const error = await failureOf(prisma(fake(() => Promise.reject(new Error(text))).client));
  assert.match(error.message, /^Prisma "select 1" failed: Invalid .* Can't reach database server at `db:5432`$/);
});

test("a database that gives no answer is asked once, and the check stops waiting when its signal aborts", async () => {
  const { queries, client } = fake(() => new Promise(() => undefined));
  const check = prisma(client);
  await failureWhenAborted(check, fewTurns);
  await failureWhenAborted(check, fewTurns);
  assert.equal(queries.length, 1);
});

test("anything but a client is refused", () => {
  for (const wrong of [undefined, null, {}]) assertRefused(() => prisma(wrong as never), "$queryRawUnsafe");
});
