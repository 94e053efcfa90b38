import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./ui/mantine";
import "./ui/theme.css";
import { App } from "./app";
import { swallowStrayDrops } from "./ui/strayDrop";

swallowStrayDrops();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
