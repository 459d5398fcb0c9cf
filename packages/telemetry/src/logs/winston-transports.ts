/** A record. Its fields are strings, and symbols of triple-beam. */
export interface WinstonInfo {
  message?: unknown;
  [name: string | symbol]: unknown;
}

/** What of a logger is used. */
export interface WinstonLogger {
  readonly level?: string;
  readonly transports: readonly WinstonTransport[];
}

/** What of a transport is used: of one of winston's, or of any stream that a logger is piped to. */
export interface WinstonTransport {
  readonly level?: string;
  readonly levels?: Readonly<Record<string, number>>;
  readonly silent?: boolean;
  readonly handleExceptions?: boolean;
  readonly handleRejections?: boolean;
  readonly transport?: unknown;
}

const levelKey = Symbol.for("level");

/** Whether at least one transport of a logger writes this record, by the rules of winston-transport. */
export const isTaken = (info: WinstonInfo, logger: WinstonLogger): boolean =>
  logger.transports.some((transport) => takes(transport, info, logger));

function takes(transport: WinstonTransport, info: WinstonInfo, logger: WinstonLogger): boolean {
  const { levels } = transport;
  if (levels === undefined) return transport.transport === undefined || takesUnhandled(transport, info);
  if (transport.silent === true || (info["exception"] === true && transport.handleExceptions !== true)) return false;
  const level = transport.level || logger.level;
  return !level || (levels[level] ?? Number.NaN) >= (levels[String(info[levelKey])] ?? Number.NaN);
}

/** The streams of `exceptionHandlers` and `rejectionHandlers` write those only, of every level. */
const takesUnhandled = (stream: WinstonTransport, info: WinstonInfo): boolean =>
  stream.handleExceptions === true ? Boolean(info["exception"]) : Boolean(info["rejection"]);
