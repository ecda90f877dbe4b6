import type { ComponentChildren } from "preact";
import { Icon } from "./icon";

/** What opens a `details` element: all of them alike. */
export function Summary({ children }: { children: ComponentChildren }) {
  return (
    <summary class="summary">
      <Icon name="chevron" />
      {children}
    </summary>
  );
}
