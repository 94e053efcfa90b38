(() => {
  let wanted = "auto";
  try {
    wanted = localStorage.getItem("tamis-theme") || "auto";
  } catch {
    // Storage may be switched off; the system's theme it is.
  }
  const dark =
    wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
