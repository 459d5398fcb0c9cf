import type { ISerializer } from "@opentelemetry/otlp-transformer";
import type { ExportEar } from "./otlp.ts";

/** What an answer of OTLP may say; the key of what was rejected names the pipeline. */
interface Answer {
  readonly partialSuccess?: PartialSuccess | null;
}

interface PartialSuccess {
  readonly rejectedSpans?: unknown;
  readonly rejectedDataPoints?: unknown;
  readonly rejectedLogRecords?: unknown;
  readonly errorMessage?: unknown;
}

/**
 * Hears what the answer to an export that was taken says. The exporter of the SDK tells it to the diagnostic logger only,
 * which the application may have replaced.
 */
export const hearAnswers = <Items>(
  serializer: ISerializer<Items, unknown>,
  ear: ExportEar | undefined,
): ISerializer<Items, unknown> => ({
  serializeRequest: (items) => serializer.serializeRequest(items),
  deserializeResponse(bytes) {
    try {
      const answer = serializer.deserializeResponse(bytes);
      const { partialSuccess } = (answer ?? {}) as Answer;
      if (partialSuccess) hearPartialSuccess(partialSuccess, ear);
      return answer;
    } catch (error) {
      ear?.strange(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
      throw error;
    }
  },
});

/** A message without items is a warning, and what the other side says need not be a number that makes sense. */
function hearPartialSuccess(said: PartialSuccess, ear: ExportEar | undefined): void {
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = said;
  const items = Math.floor(Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0));
  if (items > 0) ear?.rejected(items, typeof errorMessage === "string" ? errorMessage : "");
}
