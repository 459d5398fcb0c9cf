import { type Listeners, createListeners } from "./listeners.ts";

/**
 * Whether the service asks to be routed away from. It begins with the drain window, whoever opens that: a stop, which
 * is final, or a preStop hook, which may be called off.
 */
export interface Leave {
  isUnderWay(): boolean;
  begin(): void;
  callOff(): void;
  /** Hears each time it begins. */
  readonly onBegin: Listeners["add"];
}

/** Not leaving yet; `onChange` hears of both ways. */
export function createLeave(onChange: () => void): Leave {
  const beginning = createListeners();
  let underWay = false;
  return {
    isUnderWay: () => underWay,
    begin() {
      if (underWay) return;
      underWay = true;
      beginning.tell();
      onChange();
    },
    callOff() {
      underWay = false;
      onChange();
    },
    onBegin: beginning.add,
  };
}
