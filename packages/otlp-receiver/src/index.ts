// The receiver
export { type Receiver, startReceiver } from "./receiver.ts";
export { type ReceiverOptions, otlpReceiverDefaults } from "./receiver-options.ts";
export type { UntilOptions } from "./until.ts";
export { type OtlpReceiverErrorCode, otlpReceiverErrorCodes } from "./errors.ts";

// What arrives
export type { AttributeValue, Attributes } from "./otlp/any-value.ts";
export type { Origin, Scope } from "./otlp/origin.ts";
export type { Span, SpanEvent, SpanKind, SpanLink, SpanStatusCode } from "./otlp/spans.ts";
export type { Metric, Temporality } from "./otlp/metrics.ts";
export type { Exemplar, ExponentialBuckets, MetricType, Point } from "./otlp/points.ts";
export type { LogRecord } from "./otlp/logs.ts";
export type { ReceivedRequest } from "./store.ts";

// What it answers
export type { Answer, AnswerScope, DelayedAnswer, StatusAnswer } from "./server/answers.ts";
export type { PartialSuccess } from "./otlp/codec.ts";
export type { Pipeline } from "./otlp/pipeline.ts";

// How it is shown
export { type PrintOptions, printDefaults, printTo } from "./print/printer.ts";
