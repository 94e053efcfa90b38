import { useEffect, useState } from "react";
import { url } from "../../api/client";
import type { PlotPanelProps } from "./PlotPanel";
import classes from "./PlotPanel.module.css";

const SETTLE_MS = 300; // the slider rests this long before the server draws again

/** The plot as the server draws it, for browsers without WebGL2. It cannot be moved; it follows the slider. */
export function PlotPicture(props: PlotPanelProps) {
  const { datasetId, projectionId, tagId, selectionId, keep } = props;
  const [settled, setSettled] = useState(keep);
  const [theme, setTheme] = useState(themeNow);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(keep), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [keep]);
  useEffect(() => {
    const themes = new MutationObserver(() => setTheme(themeNow()));
    themes.observe(document.documentElement, { attributes: true });
    return () => themes.disconnect();
  }, []);

  const asked = new URLSearchParams({ width: "1200", height: "900", theme });
  if (tagId) asked.set("tag_id", tagId);
  if (selectionId) {
    asked.set("selection_id", selectionId);
    asked.set("keep", String(settled));
  }
  return (
    <img
      className={classes.picture}
      alt="Plot of the embedding, drawn by the server because this browser has no WebGL2"
      src={url(`/api/datasets/${datasetId}/projections/${projectionId}/picture?${asked}`)}
    />
  );
}

function themeNow(): "light" | "dark" {
  return document.documentElement.dataset.mantineColorScheme === "dark" ? "dark" : "light";
}
