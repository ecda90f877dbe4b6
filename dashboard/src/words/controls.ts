/** The names of the player's controls, which media-chrome brings in several languages. */

import { setLanguage } from "media-chrome/dist/utils/i18n.js";
import { catalogue } from "../i18n/catalogue";
import { CHOICE } from "../i18n/language";

// Else it is the browser's language, whatever was chosen here.
setLanguage(CHOICE.language);
catalogue({}, { de: () => import("./controls.de") });
