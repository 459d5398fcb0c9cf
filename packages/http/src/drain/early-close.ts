import { type Lifecycle, whenAborted } from "@seaworthy/lifecycle";
import type { HttpServer } from "../http-server.ts";

/** Tells of a server that the application closes in the drain window, while routes still lead to it. */
export function watchEarlyClose(lifecycle: Lifecycle, server: HttpServer, name: string): Disposable {
  const { clock, intake, windowOver } = lifecycle;
  if (!server.listening) return { [Symbol.dispose]() {} };
  let isOpen = false;

  // A stop without a window has left it behind a turn later.
  const beginning = whenAborted(intake, () => void clock.turn().then(() => (isOpen = !windowOver.aborted)));
  const end = whenAborted(windowOver, () => {
    if (!isOpen || server.listening) return;
    lifecycle.publish("notice", {
      code: "server-close",
      message:
        `The ${name} was closed by the application before the drain window was over: new connections were refused ` +
        "while routes still led here. Leave the closing to Seaworthy, and move what else a SIGTERM listener does into " +
        "onDrain or onStop.",
    });
  });
  return {
    [Symbol.dispose]() {
      beginning[Symbol.dispose]();
      end[Symbol.dispose]();
    },
  };
}
