/** What a reader of a report may choose, and what it may see. */
export interface ReportOptions {
  /** Lists every line even when the probe passes. */
  readonly verbose?: boolean;
  /** Whether the reasons of checks may be shown to whoever asks. */
  readonly showReasons?: boolean;
}

/** The kubelet reads no more of a body than this (kubernetes/kubernetes `pkg/probe/http/http.go`). */
export const longestBodyBytes: number = 10 * 1024;

/** A reason is cut to this many characters where it is shown. */
export const longestReason = 200;
