import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { kbps } from "../ui/format";
import { t } from "../words/status";
import type { ShownStatus } from "./status-words";

interface StatusBarProps {
  readonly shown: ShownStatus;
  /** The status in words. */
  readonly label: string;
  readonly isTest: boolean;
  readonly title: string;
  /** In kbit/s, while it is measured. */
  readonly bitrate: number | null;
  /** The bar is there while this is scrolled out of sight. */
  readonly head: RefObject<HTMLElement | null>;
}

/** The status at the upper edge of the window. It repeats what the page says, so assistive technology passes over it. */
export function StatusBar({ shown, label, isTest, title, bitrate, head }: StatusBarProps) {
  const above = useIsAbove(head);
  if (!above) return null;
  return (
    <div class="status-bar" aria-hidden="true" data-testid="status-bar">
      <div class="status-bar-inner">
        <span class="pill" data-status={shown} data-test={isTest}>
          <span class="dot" />
          {label}
        </span>
        <span class="status-title">{title}</span>
        {bitrate !== null && (
          <span class="figures">
            {kbps(bitrate)} {t.kbps}
          </span>
        )}
      </div>
    </div>
  );
}

/** Whether the element has been scrolled past. */
function useIsAbove(element: RefObject<HTMLElement | null>): boolean {
  const [above, setAbove] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry) setAbove(!entry.isIntersecting && entry.boundingClientRect.bottom <= 0);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return above;
}
