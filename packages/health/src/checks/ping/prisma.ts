import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { clientOption } from "./client-option.ts";

/** What is used of a `PrismaClient` for a SQL database. */
export interface PrismaClient {
  $queryRawUnsafe(query: string): PromiseLike<unknown>;
}

/**
 * Fails unless the database behind Prisma answers `select 1`, which any SQL database that Prisma knows does. A query
 * that gets no answer cannot be taken back, and later runs wait for it.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a client of Prisma for a SQL database.
 */
export function prisma(client: PrismaClient): Check {
  clientOption(client, "a PrismaClient for a SQL database", ["$queryRawUnsafe"]);
  return question('Prisma "select 1"', () => client.$queryRawUnsafe("select 1"));
}
