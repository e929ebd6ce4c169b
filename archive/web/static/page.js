// What every page does: a picker takes effect when it is changed.
"use strict";
document.documentElement.classList.add("scripted");
for (const field of document.querySelectorAll("[data-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
