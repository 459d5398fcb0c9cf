import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { clientOption } from "./client-option.ts";

/** What is used of a connection (`ChannelModel`) of `amqplib`. */
export interface AmqplibConnection {
  createChannel(): PromiseLike<{
    on(event: "error", listener: (error: Error) => void): unknown;
    close(): PromiseLike<unknown>;
  }>;
}

/**
 * Fails unless the broker opens a channel and closes it again. AMQP has no ping; this is the one exchange with the
 * broker that needs no permission, names nothing, and cannot close a channel of yours as a check of a missing queue
 * would. A broker that blocks publishers (a memory or disk alarm) may give no answer, and fails.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a connection of `amqplib`'s promise API.
 */
export function amqplib(connection: AmqplibConnection): Check {
  clientOption(connection, "a connection of amqplib", ["createChannel"]);
  return question("AMQP channel", async () => {
    const channel = await connection.createChannel();
    // An error with no listener ends the process; closing the channel rejects as well.
    channel.on("error", () => undefined);
    await channel.close();
  });
}
