import { Button } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Card } from "../../ui/Card";
import { count, counted } from "../../ui/format";
import { ErrorNotice } from "../../ui/Notice";
import classes from "./OverviewPage.module.css";
import { problemsQuery } from "./queries";

/** The files that are no images, or broken ones, each with the reason. Hidden, they stay so until more come. */
export function Problems({ datasetId, number }: { datasetId: string; number: number }) {
  const [hidden, setHidden] = useLocalStorage({ key: `tamis-problems-${datasetId}`, defaultValue: 0 });
  const shows = number > hidden;
  return (
    <Card
      title={`${counted(number, "file")} could not be read`}
      aside={
        <Button
          size="xs"
          variant="subtle"
          aria-expanded={shows}
          onClick={() => setHidden(shows ? number : 0)}
        >
          {shows ? "Hide" : "Show"}
        </Button>
      }
    >
      {shows ? <List datasetId={datasetId} number={number} /> : null}
    </Card>
  );
}

function List({ datasetId, number }: { datasetId: string; number: number }) {
  const problems = useQuery(problemsQuery(datasetId));
  const shown = problems.data?.items ?? [];
  return (
    <>
      {problems.error ? <ErrorNotice error={problems.error} onRetry={() => void problems.refetch()} /> : null}
      <ul className={classes.problems}>
        {shown.map(({ file_name, reason }) => (
          <li key={file_name}>
            {file_name}
            <p>{reason}</p>
          </li>
        ))}
      </ul>
      {shown.length && shown.length < number ? (
        <p className={classes.soft}>The first {count(shown.length)} are shown.</p>
      ) : null}
    </>
  );
}
