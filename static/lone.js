// The page of an error: back to where one was, with what was filled in there.
"use strict";

for (const button of document.querySelectorAll("[data-back]")) {
  button.hidden = history.length < 2;
  button.addEventListener("click", () => history.back());
}
