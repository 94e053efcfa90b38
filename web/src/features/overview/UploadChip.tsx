import { Link } from "@tanstack/react-router";
import chip from "../../ui/Chip.module.css";
import { percent } from "../../ui/format";
import { useRunningUpload } from "./upload/store";

/** The upload of this tab, in the header: it goes on while other pages are open. */
export function UploadChip() {
  const running = useRunningUpload();
  if (!running) return null;
  const [datasetId, { progress }] = running;
  return (
    <Link to="/datasets/$datasetId/overview" params={{ datasetId }} className={chip.chip}>
      <span className={chip.dot} aria-hidden="true" />
      Uploading · {percent(progress.doneBytes, progress.bytes)}
    </Link>
  );
}
