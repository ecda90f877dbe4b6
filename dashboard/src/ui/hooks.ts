import { useEffect, useRef, useState } from "preact/hooks";

/** The time in ms; renders again every `everyMs` while `running`. For what counts up or down on the page. */
export function useNow(running: boolean, everyMs = 1000): number {
  const [, setTicks] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setTicks((ticks) => ticks + 1), everyMs);
    return () => clearInterval(timer);
  }, [running, everyMs]);
  // Not the time of the last tick: another cause to render would count from up to a second ago.
  return Date.now();
}

/** True for `ms` after each call of the returned function; for a "Copied" that goes away. */
export function useFlash(ms = 2_500): [boolean, () => void] {
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const flash = () => {
    clearTimeout(timer.current);
    setShown(true);
    timer.current = setTimeout(() => setShown(false), ms);
  };
  return [shown, flash];
}
