/** Dark or light. Loaded on its own, ahead of the page, so that it is right when the page is first painted. */

import { apply, follow } from "./theme-choice";

apply();
follow();
