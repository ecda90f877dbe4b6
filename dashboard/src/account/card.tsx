import type { ComponentChildren } from "preact";
import { Icon } from "../ui/icon";
import type { Action } from "./use-action";

interface CardProps {
  /** Also the test id, and the id of the heading. */
  readonly name: string;
  readonly title: string;
  readonly intro?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly danger?: boolean;
}

export function Card({ name, title, intro, children, danger = false }: CardProps) {
  return (
    <section
      class={danger ? "card danger-card" : "card"}
      aria-labelledby={`${name}-heading`}
      data-testid={`${name}-card`}
    >
      <div>
        <h2 id={`${name}-heading`}>{title}</h2>
        {intro && <p class="muted">{intro}</p>}
      </div>
      {children}
    </section>
  );
}

/** How the card's action went. */
export function Told({ name, action }: { readonly name: string; readonly action: Action }) {
  return (
    <>
      {action.error && (
        <p class="field-error" role="alert" data-testid={`${name}-error`}>
          {action.error}
        </p>
      )}
      <p class={action.done ? "saved" : "sr-only"} role="status" data-testid={`${name}-done`}>
        {action.done && (
          <>
            <Icon name="check" /> {action.done}
          </>
        )}
      </p>
    </>
  );
}
