import { dayAndTimeInFull, dayAndTimeWithSeconds, dayAndTimeWithZone } from "./format";

interface MomentProps {
  /** Epoch ms. */
  readonly at: number;
  /** For what may come several times a minute. */
  readonly seconds?: boolean;
}

/** A day and a time with its zone, as the reader's locale has them. */
export function Moment({ at, seconds = false }: MomentProps) {
  return (
    <time dateTime={new Date(at).toISOString()} title={dayAndTimeInFull(at)}>
      {seconds ? dayAndTimeWithSeconds(at) : dayAndTimeWithZone(at)}
    </time>
  );
}
