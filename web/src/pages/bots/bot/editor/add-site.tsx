import { useMutation } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Dialog } from "~/ui/dialog.tsx";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";

interface Props {
  open: boolean;
  onClose: () => void;
  botId: string;
  onAdded: () => void;
}

const kinds = [
  { value: "page", label: copy.addSite.kinds.page },
  { value: "sitemap", label: copy.addSite.kinds.sitemap },
];

const schedules = [
  { value: "", label: copy.addSite.every.never },
  { value: "1", label: copy.addSite.every.hour },
  { value: "24", label: copy.addSite.every.day },
  { value: "168", label: copy.addSite.every.week },
];

export default function AddSite(props: Props) {
  const [url, setUrl] = createSignal("");
  const [kind, setKind] = createSignal("page");
  const [every, setEvery] = createSignal("");
  const add = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].knowledge.sites.$post({
          param: { botId: props.botId },
          json: {
            url: url(),
            kind: kind() === "sitemap" ? ("sitemap" as const) : ("page" as const),
            everyHours: every() === "" ? null : Number(every()),
          },
        }),
      ),
    onSuccess: () => {
      props.onAdded();
      close();
    },
  }));
  const close = () => {
    add.reset();
    setUrl("");
    props.onClose();
  };
  const submit = () => add.mutate();
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.addSite.title}
      description={copy.addSite.description}
    >
      <DialogForm
        act={add}
        onSubmit={submit}
        submit={copy.addSite.add}
        failed={copy.addSite.failed}
        onBack={close}
        isBesideField={fieldError(add.error, "url") !== undefined}
      >
        <TextField
          label={copy.addSite.url}
          hint={copy.addSite.urlHint}
          value={url()}
          onInput={setUrl}
          error={fieldError(add.error, "url")}
          required
          inputProps={{ maxlength: 2000, autocomplete: "off", type: "url" }}
        />
        <Select label={copy.addSite.kind} options={kinds} value={kind()} onChange={setKind} />
        <Select
          label={copy.addSite.schedule}
          options={schedules}
          value={every()}
          onChange={setEvery}
        />
      </DialogForm>
    </Dialog>
  );
}
