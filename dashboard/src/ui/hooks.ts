import { useEffect, useRef, useState } from "preact/hooks";

/** The time in ms, renewed every `everyMs` while `running`; for what counts up or down on the page. */
export function useNow(running: boolean, everyMs = 1000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [running, everyMs]);
  return now;
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
