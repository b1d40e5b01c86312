// Sums of a form follow what is typed. Without this its button counts them.
for (const form of document.querySelectorAll("form[data-sums]")) {
  const count = () => {
    for (const sum of form.querySelectorAll("output[data-fixed]")) {
      const fields = [...form.querySelectorAll(`[data-adds="${sum.id}"]`)];
      const numbers = fields.map((field) => Number(field.value.trim() || 0));
      const all = numbers.reduce((one, other) => one + other, Number(sum.dataset.fixed));
      sum.value = Number.isInteger(all) ? all : "?";
    }
  };
  form.addEventListener("input", count);
  count();
}
