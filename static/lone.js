// The page of an error: back to where one was, with what was filled in there.
"use strict";

document.querySelector(".back").hidden = history.length < 2;
document.querySelector(".back").addEventListener("click", () => history.back());
