// What a page gains with a script: live pieces, ages that move on, a theme of one's own, a map to roam on.
import { follow } from "./stream.js";
import { roam } from "./roam.js";
import { themes } from "./theme.js";
import { folds } from "./rail.js";
import { age } from "./age.js";
import { chat } from "./chat.js";
import { assist } from "./assist.js";
import { sendInParts } from "./history.js";

for (const place of document.querySelectorAll("[data-stream]")) follow(place.dataset.stream);
for (const map of document.querySelectorAll("svg[data-map]")) roam(map, document.querySelector("[data-zoom]"));
for (const form of document.querySelectorAll("form[data-chat]")) chat(form);
for (const form of document.querySelectorAll("form[data-assist]")) assist(form);
for (const form of document.querySelectorAll("form[data-parts]")) sendInParts(form);
folds(document.querySelectorAll("details[data-rail]"));
themes(document.querySelectorAll("[data-theme-toggle]"));
age();
if (!CSS.supports("selector(::details-content)")) {
  for (const menu of document.querySelectorAll("details.folding")) menu.open = matchMedia("(min-width: 56.01rem)").matches;
}
