import "media-chrome/dist/lang/de.js";

export default {};
