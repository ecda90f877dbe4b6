import { dayAndTimeInFull, dayAndTimeWithZone } from "./format";

interface MomentProps {
  /** Epoch ms. */
  readonly at: number;
  readonly zone?: true;
}

/** A day and a time with its zone, as the reader's locale has them. */
export function Moment({ at }: MomentProps) {
  return (
    <time dateTime={new Date(at).toISOString()} title={dayAndTimeInFull(at)}>
      {dayAndTimeWithZone(at)}
    </time>
  );
}
