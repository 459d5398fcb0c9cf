import { type Logger, diag } from "@opentelemetry/api";
import {
  type Instrumentation,
  type InstrumentationConfig,
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
} from "@opentelemetry/instrumentation";
import { version } from "@seaworthy/lifecycle";

/** A logging library, and how its records are heard. */
export interface LoggingLibrary<Exports extends object> {
  readonly name: string;
  /** Ranges of versions. */
  readonly versions: string[];
  /** Attaches to a copy of the library; disposing leaves it as it was. `logger` gives where records go. */
  attach(library: Exports, logger: () => Logger): Disposable;
}

/**
 * An instrumentation that listens to a library through the objects its loggers share, so that its exports stay what they
 * are: loggers made before are heard as well, and one that is both imported and required is heard once.
 */
export function instrumentLibrary<Exports extends object>(library: LoggingLibrary<Exports>): Instrumentation {
  // The base class calls init() from its constructor: what it uses has to be there before.
  const attached = new Map<object, Disposable | undefined>();

  class LoggingInstrumentation extends InstrumentationBase {
    constructor(config: InstrumentationConfig = {}) {
      super(`@seaworthy/telemetry/${library.name}`, version, config);
    }

    protected override init(): InstrumentationNodeModuleDefinition {
      return new InstrumentationNodeModuleDefinition(library.name, library.versions, (exports: unknown) => {
        const copy = exportsOf(exports) as Exports;
        if (attached.get(copy) === undefined) this.attach(copy);
        return exports;
      });
    }

    override enable(): void {
      super.enable();
      for (const [copy, attachment] of attached) if (attachment === undefined) this.attach(copy as Exports);
    }

    override disable(): void {
      super.disable();
      for (const [copy, attachment] of attached) {
        attachment?.[Symbol.dispose]();
        attached.set(copy, undefined);
      }
    }

    private attach(copy: Exports): void {
      try {
        attached.set(
          copy,
          library.attach(copy, () => this.logger),
        );
      } catch (error) {
        diag.error(`could not attach to ${library.name}: its records are written, and not sent`, error);
      }
    }
  }
  return new LoggingInstrumentation();
}

/** What `require` gives: an ES module that stands for one of CommonJS has it as its default export. */
function exportsOf(exports: unknown): unknown {
  const isNamespace = (exports as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === "Module";
  return isNamespace ? (exports as { default: unknown }).default : exports;
}

/**
 * Puts a method in the place of another one, its own or inherited; disposing puts that one back, unless somebody else has
 * replaced it since.
 */
export function replaceMethod<Method>(
  target: object,
  name: PropertyKey,
  wrap: (original: Method) => Method,
): Disposable {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const value = wrap((target as Record<PropertyKey, Method>)[name] as Method);
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? false,
    value,
  });
  return {
    [Symbol.dispose]() {
      if ((target as Record<PropertyKey, unknown>)[name] !== value) return;
      if (own) Object.defineProperty(target, name, own);
      else delete (target as Record<PropertyKey, unknown>)[name];
    },
  };
}

/**
 * The object of a prototype chain that has a property of its own by this name.
 *
 * @throws where none has
 */
export function ownerOf(object: object, name: PropertyKey): object {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    if (Object.hasOwn(owner, name)) return owner;
  }
  throw new TypeError(`an object without ${String(name)}`);
}
