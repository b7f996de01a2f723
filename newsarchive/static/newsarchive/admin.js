// Suggestions for names that are typed, and a preview of the body while one writes. Everything works without.
"use strict";

function later(work, milliseconds) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}

function suggest(input, number) {
  const list = document.createElement("datalist");
  list.id = `names-${number}`;
  input.after(list);
  input.setAttribute("list", list.id);
  const root = document.documentElement.dataset.names || "/admin/names/";
  input.addEventListener("input", later(async () => {
    const parts = input.dataset.several ? input.value.split("、") : [input.value];
    const typed = parts.pop().trim();
    if (!typed) return;
    const before = parts.length ? parts.join("、") + "、" : "";
    const response = await fetch(`${root}${input.dataset.names}/?q=${encodeURIComponent(typed)}`);
    if (!response.ok) return;
    const { names } = await response.json();
    list.replaceChildren(...names.map((name) => {
      const option = document.createElement("option");
      option.value = before + name;
      return option;
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
  document.querySelectorAll("[data-preview]").forEach(preview);
});
