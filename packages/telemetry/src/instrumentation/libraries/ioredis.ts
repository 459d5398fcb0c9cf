import type { Instrumentation } from "@opentelemetry/instrumentation";
import { IORedisInstrumentation } from "@opentelemetry/instrumentation-ioredis";

type SendCommand = (this: object, command: unknown, ...rest: unknown[]) => unknown;

interface CommandPatcher {
  _patchSendCommand?(version?: string): (original: SendCommand) => SendCommand;
}

/**
 * A command that is sent before the connection is ready waits in the client's queue and is then sent again, through the
 * same method: that is one operation, and it has its span.
 */
export function create(config: object): Instrumentation {
  const instrumentation = new IORedisInstrumentation(config);
  const patcher = instrumentation as unknown as CommandPatcher;
  const patch = patcher["_patchSendCommand"]?.bind(instrumentation);
  if (patch !== undefined) {
    patcher["_patchSendCommand"] = (version) => {
      const wrap = patch(version);
      return (original) => {
        const traced = wrap(original);
        const sent = new WeakSet<object>();
        return function sendCommand(command, ...rest) {
          if (typeof command !== "object" || command === null) return traced.call(this, command, ...rest);
          if (sent.has(command)) return original.call(this, command, ...rest);
          sent.add(command);
          return traced.call(this, command, ...rest);
        };
      };
    };
  }
  return instrumentation;
}
