/* Applies the reader's kept choice of colours before the first paint. */
try {
  const choice = localStorage.getItem("theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
} catch { /* storage may be shut off; the system's colours are fine */ }
