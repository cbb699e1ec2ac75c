import { useLocation } from "@solidjs/router";
import { useQueryClient } from "@tanstack/solid-query";
import { createEffect, onMount } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { AlertStates } from "../alert-states.tsx";
import { copy as botCopy } from "../copy.ts";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";
import { EditSettings } from "./edit-settings.tsx";

/** Of what the owner wants to be told, beside how it stands now. */
export function EditAlerts(props: { publication: Publication }) {
  const client = useQueryClient();
  const location = useLocation();
  const isUpdating = () => props.publication.status === "updating";
  onMount(() => {
    // The page is longer than a screen, and a link may have come for this part of it.
    if (location.hash === "#alerts") document.getElementById("alerts")?.scrollIntoView();
  });
  const changed = () =>
    void client.invalidateQueries({ queryKey: names.alerts(props.publication.botId) });
  // Thresholds are in force once the update has ended.
  createEffect<boolean>((was) => {
    const now = isUpdating();
    if (was && !now) changed();
    return now;
  }, isUpdating());
  return (
    <EditSettings
      card="alerts"
      title={botCopy.alertStates.title}
      words={copy.alerts}
      publication={props.publication}
      onSaved={changed}
    >
      <AlertStates botId={props.publication.botId} />
    </EditSettings>
  );
}
