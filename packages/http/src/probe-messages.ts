import type { AddressInfo } from "node:net";
import type { Heartbeat, Probe } from "@seaworthy/health/answer";
import type { AnswerOptions } from "./probe-answer.ts";
import type { RouteAnswer, RouteRequest } from "./probe-routes.ts";

/** What the probe thread begins with. */
export interface ProbeThreadData {
  readonly options: AnswerOptions;
  readonly limits: Omit<Heartbeat, "ageMs">;
  readonly heartbeat: SharedArrayBuffer;
  /** A snapshot of health, as JSON. */
  readonly snapshot: string;
  /** The paths that the main thread answers. */
  readonly routes: readonly string[];
}

/** What the main thread tells the probe thread. */
export type ToProbeThread =
  | { readonly kind: "listen"; readonly port: number; readonly host: string | undefined }
  | { readonly kind: "snapshot"; readonly snapshot: string }
  | { readonly kind: "taken"; readonly id: number }
  | { readonly kind: "answer"; readonly id: number; readonly answer: RouteAnswer }
  | { readonly kind: "close" };

/** What the probe thread tells the main thread. */
export type FromProbeThread =
  | { readonly kind: "listening"; readonly address: AddressInfo }
  | { readonly kind: "refused"; readonly error: Pick<NodeJS.ErrnoException, "code" | "message"> }
  | { readonly kind: "ask"; readonly id: number; readonly request: RouteRequest }
  | { readonly kind: "withdraw"; readonly id: number }
  | ({ readonly kind: "stall" } & Stall)
  | { readonly kind: "closed" };

/** A time in which the main thread did not come round, told when it does again. */
export interface Stall {
  /** How long it was, in milliseconds. */
  readonly ageMs: number;
  /** How often each probe failed because of it. */
  readonly failed: Readonly<Record<Probe, number>>;
}
