// Everything that scripts add to readers' pages, in one file so that a page is few requests. Each part stands
// alone, and each page works without it.
"use strict";

// --- Names and titles under the search box while one types. Without this the box is a plain form.

{
  const WAIT = 120; // milliseconds without a key before the archive is asked
  const { from, label } = document.currentScript.dataset;

  // Keys that an input method still owns: Enter chooses a character there, and submits nothing.
  const composing = (event) => event.isComposing || event.keyCode === 229;

  const offer = (box, number) => {
    const list = document.createElement("ul");
    list.id = `suggestions-${number}`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label);
    box.after(list);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-expanded", "false");

    let timer, asking;
    let chosen = -1;

    const close = () => {
      clearTimeout(timer);
      asking?.abort();
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };

    const show = ([typed, texts, descriptions, urls]) => {
      if (typed !== box.value || document.activeElement !== box || !texts.length) return close();
      chosen = -1;
      box.removeAttribute("aria-activedescendant");
      list.replaceChildren(...texts.map((text, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = urls[at];
        const name = document.createElement("b");
        name.lang = "zh";
        name.textContent = text;
        const description = document.createElement("span");
        description.textContent = descriptions[at];
        option.append(name, " ", description);
        return option;
      }));
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
    };

    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const answer = await fetch(`${from}?q=${encodeURIComponent(box.value)}`, { signal: asking.signal });
        if (answer.ok) show(await answer.json());
      } catch {
        // The next key asks again.
      }
    };

    const choose = (at) => {
      const options = [...list.children];
      chosen = (at + options.length + 1) % (options.length + 1); // one place past the last: what was typed
      options.forEach((option, number) => option.setAttribute("aria-selected", String(number === chosen)));
      if (chosen < options.length) box.setAttribute("aria-activedescendant", options[chosen].id);
      else box.removeAttribute("aria-activedescendant");
      options[chosen]?.scrollIntoView({ block: "nearest" });
    };

    box.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (event.isComposing) return;
      if (box.value.trim()) timer = setTimeout(ask, WAIT);
      else close();
    });
    box.addEventListener("compositionend", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    box.addEventListener("keydown", (event) => {
      if (composing(event) || list.hidden) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && list.children[chosen]) location.assign(list.children[chosen].dataset.url);
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("li");
      if (option) location.assign(option.dataset.url);
    });
    box.addEventListener("blur", close);
  };

  document.querySelectorAll('.searchbox input[name="q"]').forEach(offer);
}

// --- The marks of a search, one after the other: 3 / 51 ‹ ›, and the keys n and p. Without this they are links.
{
  const bar = document.querySelector(".hitbar");
  const marks = bar ? [...document.querySelectorAll("mark[id]")] : []; // in the order of the page
  const now = bar?.querySelector(".now");
  let at = -1;

  const show = () => {
    at = marks.findIndex((mark) => "#" + mark.id === location.hash);
    now.textContent = at < 0 ? "" : `${at + 1} / `;
  };

  const go = (step) => {
    if (at < 0) { // from where one reads: the first mark that is not above the window, or the last that is
      const below = marks.findIndex((mark) => mark.getBoundingClientRect().top > 0);
      at = step > 0 ? (below < 0 ? 0 : below) : (below < 0 ? marks.length : below) - 1;
    } else {
      at += step;
    }
    at = (at + marks.length) % marks.length;
    location.replace("#" + marks[at].id);
    show();
  };

  if (marks.length) {
    show();
    addEventListener("hashchange", show);
    for (const link of bar.querySelectorAll("[data-step]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        go(Number(link.dataset.step));
      });
    }
    document.addEventListener("keydown", (event) => {
      const writing = event.isComposing || event.keyCode === 229 || event.target.closest("input, textarea, select");
      const step = { n: 1, p: -1 }[event.key];
      if (step && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) go(step);
    });
  }
}

// --- Pictures from elsewhere, which the reader asked for: where one address does not answer, the next is tried.
for (const picture of document.querySelectorAll("img[data-then]")) {
  const left = picture.dataset.then.split(" ").filter(Boolean);
  const next = () => {
    if (left.length) {
      picture.src = left.shift();
    } else {
      picture.hidden = true;
      picture.parentElement.querySelector(".dead").hidden = false;
    }
  };
  picture.addEventListener("error", next);
  if (picture.complete && !picture.naturalWidth && picture.currentSrc) next(); // it failed before this script ran
}

// --- The timeline says what its bars stand for, pointed at or stepped to with the arrow keys.
for (const timeline of document.querySelectorAll(".timeline")) {
  const bars = [...timeline.querySelectorAll("svg a")];
  const value = timeline.querySelector(".value");
  const say = (bar) => { value.textContent = bar?.querySelector("title").textContent ?? ""; };
  const step = { ArrowLeft: -1, ArrowRight: 1 };
  for (const [at, bar] of bars.entries()) {
    bar.addEventListener("pointerenter", () => say(bar));
    bar.addEventListener("pointerleave", () => say());
    bar.addEventListener("focus", () => say(bar));
    bar.addEventListener("blur", () => say());
    bar.addEventListener("keydown", (event) => {
      const next = bars[at + (step[event.key] ?? NaN)];
      if (!next) return;
      event.preventDefault();
      bar.setAttribute("tabindex", "-1"); // one stop of the Tab key for all bars
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  }
}

// --- Articles that were ticked, on this page of results and on others: kept in this browser until they are cleared.
// Without this the ticks of one page are exported.
{
  const KEY = "chosen"; // [[number of the article, [title, path]], …] in the order of ticking
  const form = document.getElementById("export");
  const tray = document.querySelector(".tray");
  const boxes = [...document.querySelectorAll(".choose input")];

  const kept = () => {
    try {
      return new Map(JSON.parse(localStorage.getItem(KEY)));
    } catch { // nothing readable, or a browser that keeps nothing
      return new Map();
    }
  };

  if (form && tray) {
    let chosen = kept();
    const most = Number(form.dataset.most);
    const list = document.querySelector(".chosen-list");
    const all = form.querySelector("button[type=button]");

    const line = ([number, [title, path]]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const remove = document.createElement("button");
      link.textContent = title;
      link.href = path;
      link.lang = "";
      remove.type = "button";
      remove.className = "plain";
      remove.textContent = list.dataset.remove;
      remove.setAttribute("aria-label", `${list.dataset.remove} ${title}`);
      remove.addEventListener("click", () => change(() => chosen.delete(number)));
      item.append(link, remove);
      return item;
    };

    const show = () => {
      for (const box of boxes) {
        box.checked = chosen.has(box.value);
        box.disabled = !box.checked && chosen.size >= most;
      }
      tray.hidden = !chosen.size;
      tray.querySelector("b").textContent = chosen.size < most ? chosen.size : `${chosen.size} / ${most}`;
      list.replaceChildren(...[...chosen].map(line));
    };

    const change = (how) => {
      chosen = kept(); // another tab may have added some
      how();
      try {
        localStorage.setItem(KEY, JSON.stringify([...chosen]));
      } catch {
        // They last as long as this page.
      }
      show();
    };

    const tick = (box) => {
      const link = box.closest(".hit").querySelector("h2 a");
      if (chosen.size < most) chosen.set(box.value, [link.textContent, link.pathname]);
    };

    for (const box of boxes) {
      box.addEventListener("change", () => change(() => (box.checked ? tick(box) : chosen.delete(box.value))));
    }
    all.hidden = !boxes.length;
    all.addEventListener("click", () => change(() => boxes.forEach(tick)));
    tray.querySelector("button").addEventListener("click", () => change(() => chosen.clear()));
    tray.querySelector("a").addEventListener("click", () => { form.parentElement.open = true; });
    form.addEventListener("formdata", ({ formData }) => {
      formData.delete("id");
      if (formData.get("which") === "chosen") for (const number of chosen.keys()) formData.append("id", number);
    });
    addEventListener("storage", () => { chosen = kept(); show(); });
    addEventListener("pageshow", show); // browsers put ticks back themselves, those of an older visit
    show();
  }
}
