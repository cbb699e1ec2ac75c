/** What takes: fields, choices, dialogs and menus. */
import { createSignal } from "solid-js";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { Checkbox } from "~/ui/checkbox.tsx";
import { Combobox } from "~/ui/combobox.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { Menu } from "~/ui/menu.tsx";
import { RadioGroup } from "~/ui/radio-group.tsx";
import { Select } from "~/ui/select.tsx";
import { Switch } from "~/ui/switch.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";

const nothing = () => {};

export function Fields() {
  const [value, setValue] = createSignal("");
  return (
    <Card title={copy.fields}>
      <TextField label={copy.field} hint={copy.hint} value={value()} onInput={setValue} />
      <TextField
        label={copy.wrong}
        hint={copy.hint}
        value="-1"
        onInput={nothing}
        error={copy.error}
      />
      <TextField label={copy.off} value={copy.value} onInput={nothing} disabled />
      <TextField label={copy.long} value={copy.lead} onInput={nothing} multiline rows={3} />
      <TextField label={copy.mono} value="https://*.example.com" onInput={nothing} mono />
    </Card>
  );
}

export function Choices() {
  const [picked, setPicked] = createSignal("a");
  const [typed, setTyped] = createSignal(copy.first);
  const [on, setOn] = createSignal(true);
  const options = [
    { value: "a", label: copy.first, hint: copy.hint },
    { value: "b", label: copy.second },
  ];
  return (
    <Card title={copy.choices}>
      <Select label={copy.select} options={options} value={picked()} onChange={setPicked} />
      <Select
        label={copy.wrongSelect}
        options={options}
        value="a"
        onChange={nothing}
        error={copy.error}
      />
      <Select label={copy.offSelect} options={options} value="a" onChange={nothing} disabled />
      <Combobox
        label={copy.combobox}
        hint={copy.hint}
        openLabel={copy.openList}
        options={[copy.first, copy.second]}
        value={typed()}
        onChange={setTyped}
      />
      <RadioGroup label={copy.radio} options={options} value={picked()} onChange={setPicked} />
      <Switch label={copy.switch} hint={copy.hint} checked={on()} onChange={setOn} />
      <Switch label={copy.switchOff} checked={!on()} onChange={(value) => setOn(!value)} />
      <Switch label={copy.switchDisabled} checked onChange={nothing} disabled />
      <Checkbox label={copy.checkbox} checked={on()} onChange={setOn} />
      <Checkbox label={copy.checkboxOff} checked={!on()} onChange={(value) => setOn(!value)} />
    </Card>
  );
}

export function Overlays() {
  const [open, setOpen] = createSignal(false);
  const close = () => setOpen(false);
  return (
    <Card title={copy.overlays}>
      <div class={page.row}>
        <Button onClick={() => setOpen(true)}>{copy.openDialog}</Button>
        <Menu
          label={copy.menu}
          trigger={copy.menu}
          head={copy.hint}
          groups={[
            [
              { label: copy.first, onSelect: nothing, chosen: true },
              { label: copy.off, onSelect: nothing, disabled: true },
            ],
            [{ label: copy.delete, onSelect: nothing, danger: true }],
          ]}
        />
        <Button onClick={() => announce(copy.said)}>{copy.say}</Button>
        <Button onClick={() => announce(copy.error, "bad")}>{copy.sayBad}</Button>
      </div>
      <Dialog open={open()} onClose={close} title={copy.dialog} description={copy.lead}>
        <DialogActions>
          <Button onClick={close}>{common.actions.cancel}</Button>
          <Button look="primary" onClick={close}>
            {copy.done}
          </Button>
        </DialogActions>
      </Dialog>
    </Card>
  );
}
