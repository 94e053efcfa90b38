import { Page } from "../../ui/Shell";

export function DatasetsPage() {
  return <Page title="My Datasets">{null}</Page>;
}
