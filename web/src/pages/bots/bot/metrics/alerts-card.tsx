import { ButtonLink } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { AlertStates } from "../alert-states.tsx";
import { copy as botCopy } from "../copy.ts";
import { useAlerts } from "../queries.ts";
import { copy } from "./copy.ts";

/** How the publication stands by its owner's thresholds, now. */
export function AlertsCard(props: { botId: string }) {
  const alerts = useAlerts(
    () => props.botId,
    () => true,
  );
  const anySet = () => alerts.data?.alerts.some(({ threshold }) => threshold !== null);
  return (
    <Card
      title={botCopy.alertStates.title}
      hint={alerts.isSuccess && !anySet() ? copy.alerts.allOff : copy.alerts.hint}
      actions={
        <ButtonLink href={`/bots/${props.botId}/publish#alerts`} size="small">
          {anySet() ? copy.alerts.edit : copy.alerts.set}
        </ButtonLink>
      }
    >
      <AlertStates botId={props.botId} />
    </Card>
  );
}
