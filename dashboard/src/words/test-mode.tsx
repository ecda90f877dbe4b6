/** Testing the connection: how, and what came of it. */

import type { ComponentChildren } from "preact";
import { catalogue, plural } from "../i18n/catalogue";

const english = {
  pill: "TEST",
  tab: "◇ TEST",
  announcement: "A test is running. Nobody but you can see it.",
  runningFor: (time: ComponentChildren): ComponentChildren => <>Testing for {time}</>,

  help: "Test your connection",
  stepAdd: (suffix: ComponentChildren): ComponentChildren => (
    <>In your encoder, add {suffix} to the end of the stream key, without a space.</>
  ),
  stepStart: "Start streaming. This page shows TEST, with the preview, the stream's health and the result.",
  stepRemove: (suffix: ComponentChildren): ComponentChildren => (
    <>After a minute, stop streaming and remove {suffix} again.</>
  ),
  orKey: "Or use a key for tests only: Stream keys, New key, Tests only.",
  promise: "Nobody but you can see a test. It is not recorded, viewers are not counted, and it ends when you go live.",

  heading: "Connection test",
  measuring: "Measuring your connection…",
  steady: (rate: string, time: string) => `Your connection carried ${rate} without a break for ${time}.`,
  broken: (rate: string, breaks: number, time: string) =>
    `Your connection carried ${rate} with ${plural(breaks, {
      one: "1 interruption",
      other: `${breaks} interruptions`,
    })}; the last one ended ${time} ago.`,
  brokenBefore: (rate: string, breaks: number, time: string) =>
    `Your connection carried ${rate} with ${plural(breaks, {
      one: "1 interruption",
      other: `${breaks} interruptions`,
    })}; the last one was ${time} before the end.`,
  tooEarly: (enough: number, whole: number) =>
    `A recommendation follows after ${enough} s. Let the test run for ${whole} s.`,
  tooShort: (whole: number) => `The test was too short for a recommendation. Let the next one run for ${whole} s.`,
  keep: (rate: string) =>
    `You can stream at ${rate}, sound included. To find out whether it carries more, raise the bitrate in your encoder and test again.`,
  lower: (rate: string) => `Set the bitrate in your encoder to ${rate} or less, sound included, and test again.`,
  finished: (moment: ComponentChildren): ComponentChildren => <>Finished on {moment}.</>,
  hidden: "Nobody but you can see this stream. It is not recorded, and it ends when you go live.",
};

export type TestModeWords = typeof english;
export const t = catalogue(english, { de: () => import("./test-mode.de") });
