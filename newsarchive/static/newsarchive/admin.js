// Suggestions for names that are typed, and a preview of the body while one writes. Everything works without.
"use strict";

function later(work, milliseconds) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}

const root = () => document.documentElement.dataset.names || "/admin/names/";

async function completions(kind, typed) {
  const response = await fetch(`${root()}${kind}/?q=${encodeURIComponent(typed)}`);
  return response.ok ? (await response.json()).names : [];
}

function suggest(input, number) {
  const list = document.createElement("datalist");
  list.id = `names-${number}`;
  input.after(list);
  input.setAttribute("list", list.id);
  input.addEventListener("input", later(async () => {
    if (!input.value.trim()) return;
    const names = await completions(input.dataset.names, input.value.trim());
    list.replaceChildren(...names.map((name) => {
      const option = document.createElement("option");
      option.value = name;
      return option;
    }));
  }, 200));
}

// For a list with one name a line: the line that is being typed.
function suggestLine(area) {
  const list = document.createElement("div");
  list.className = "suggestions";
  area.after(list);
  area.addEventListener("input", later(async () => {
    const end = area.selectionStart;
    const start = area.value.lastIndexOf("\n", end - 1) + 1;
    const typed = area.value.slice(start, end).trim();
    const names = typed ? await completions(area.dataset.names, typed) : [];
    list.replaceChildren(...names.map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => {
        area.setRangeText(name, start, end, "end");
        list.replaceChildren();
        area.focus();
      });
      return button;
    }));
  }, 200));
}

function preview(box) {
  const body = document.getElementById("id_body");
  if (!body) return;
  box.hidden = false;
  const show = async () => {
    const data = new FormData();
    data.set("body", body.value);
    data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const headers = { "X-Requested-With": "preview" };
    const response = await fetch(box.dataset.preview, { method: "POST", body: data, headers });
    if (response.ok) box.innerHTML = await response.text();
  };
  body.addEventListener("input", later(show, 500));
  box.closest("details").addEventListener("toggle", show);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("input[data-names]").forEach(suggest);
  document.querySelectorAll("textarea[data-names]").forEach(suggestLine);
  document.querySelectorAll("[data-preview]").forEach(preview);
});
