/** Submit page: photos are read and judged here; only then are they sent. */

import { mountSubmit } from "../components/submitPage";
import type { SubmitOptions } from "../components/questions";
import type { Limits } from "../components/submission";
import { find, readJson } from "../lib/dom";

mountSubmit(find("[data-submit]"), readJson<SubmitOptions & Limits>("submit-options"));
