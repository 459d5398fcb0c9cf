/** A library of npm, the official instrumentation for it, and what we make of that by default. */
export interface Library {
  /** Short name, as `OTEL_NODE_ENABLED_INSTRUMENTATIONS` has it: the end of the name of the instrumentation's package. */
  readonly name: string;
  /** The npm packages that make it up. The first file of one of them that is loaded arms the library. */
  readonly packages: readonly string[];
  /** The npm package of its instrumentation. */
  readonly instrumentation: string;
  /** Comes with this package. Otherwise it is armed when the application has installed it. */
  readonly shipped?: true;
  /** Why it is off unless it is asked for. */
  readonly off?: string;
  /** Packages of it whose version says nothing: they only hand on what others of it do. */
  readonly facades?: readonly string[];
  /** What applications import of it can be an ES module, which only hooks of the module loader can see. */
  readonly esModules?: true;
  /**
   * From this version on it is of ES modules, which its instrumentation neither supports nor could reach: it is not seen
   * being loaded, and told of where the application depends on it.
   */
  readonly unseenFrom?: string;
  /** What was loaded before is reached as well: its prototypes are patched, not copies of its functions. */
  readonly late?: true;
  /** Versions of its packages of which that does not hold, as ranges. */
  readonly exceptLate?: Readonly<Record<string, string>>;
  /** What we set; the application's own configuration goes over it. */
  readonly config?: Readonly<Record<string, unknown>>;
}
