import type { Lifecycle } from "@seaworthy/lifecycle";
import { type ProbeAnswer, textAnswer } from "./probe-answer.ts";
import type { ProbeRoute, RouteRequest } from "./probe-routes.ts";

/*
 * The endpoint for a preStop hook of kind httpGet. The kubelet waits for the answer, whatever its status, and sends
 * SIGTERM after it (kubernetes/kubernetes `pkg/kubelet/lifecycle/handlers.go`); so the answer comes when the drain
 * window is over. Whoever can ask takes the pod out of rotation: that is why the application's port refuses.
 */

/** Opens the drain window and answers when it is over; with a token, only for whoever shows it. */
export function preStopRoute(lifecycle: Lifecycle, token: string | undefined): ProbeRoute {
  const tellRefused = tellOnce(lifecycle);
  return async (request) => {
    if (request.method !== "GET" && request.method !== "POST") {
      return textAnswer(405, "Only GET and POST are allowed.\n", { allow: "GET, POST" });
    }
    if (token !== undefined && !shows(request, token)) {
      tellRefused("A preStop hook without the right token was refused. It has to send Authorization: Bearer <token>.");
      return textAnswer(401, "Show the preStop token: Authorization: Bearer <token>.\n", {
        "www-authenticate": "Bearer",
      });
    }
    const { clock } = lifecycle;
    const startedAt = clock.now();
    await lifecycle.preStop();
    return textAnswer(200, `The drain window is over after ${((clock.now() - startedAt) / 1_000).toFixed(1)} s.\n`);
  };
}

/** What the application's own port says. */
export function refusePreStop(lifecycle: Lifecycle): () => ProbeAnswer {
  const tellRefused = tellOnce(lifecycle);
  const message =
    "A preStop hook came to the application's port, where anybody could send it. Send it to the probe port.";
  return () => {
    tellRefused(message);
    return textAnswer(403, `${message}\n`);
  };
}

/** The log says why a hook was refused, for the kubelet does not show it; once, for anybody may ask. */
function tellOnce(lifecycle: Lifecycle): (message: string) => void {
  let told = false;
  return (message) => {
    if (!told) lifecycle.publish("notice", { code: "prestop-refused", message });
    told = true;
  };
}

/** Compares digests, which are of one length, so that the time taken tells nothing. */
function shows({ headers }: RouteRequest, token: string): boolean {
  const [scheme, shown = ""] = (headers.authorization ?? "").split(" ", 2);
  const { createHash, timingSafeEqual } = process.getBuiltinModule("node:crypto");
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return scheme?.toLowerCase() === "bearer" && timingSafeEqual(digest(shown), digest(token));
}
