// n and p go to the next and the previous match of the search. The page does all else without this.
"use strict";

const hits = [...document.querySelectorAll(".hitlist a")].map((link) => link.hash);
let at = hits.indexOf(location.hash);

document.addEventListener("keydown", (event) => {
  const writing = event.isComposing || event.keyCode === 229 || event.target.closest("input, textarea, select");
  const step = { n: 1, p: -1 }[event.key];
  if (!step || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  at = at < 0 && step < 0 ? hits.length - 1 : (at + step + hits.length) % hits.length;
  location.replace(hits[at]);
});

document.querySelector(".hitlist .keys").hidden = false;
