/** The elements of media-chrome that the player uses, for JSX. */

import type { JSX } from "preact";

type MediaElement = JSX.HTMLAttributes<HTMLElement> & Readonly<Record<string, unknown>>;

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "media-controller": MediaElement;
      "media-control-bar": MediaElement;
      "media-play-button": MediaElement;
      "media-mute-button": MediaElement;
      "media-volume-range": MediaElement;
      "media-time-range": MediaElement;
      "media-time-display": MediaElement;
      "media-captions-button": MediaElement;
      "media-pip-button": MediaElement;
      "media-fullscreen-button": MediaElement;
      "media-loading-indicator": MediaElement;
    }
  }
}
