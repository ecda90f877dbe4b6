import type { ComponentChildren } from "preact";

/** Scrolls by itself on a narrow screen, also with the arrow keys, for which it can have the focus. */
export function ScrollArea({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, the keyboard does not reach what is out of sight
    <section class="scroll-area" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
