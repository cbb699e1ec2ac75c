import { type JSX, splitProps } from "solid-js";

const paths = {
  plus: "M8 3v10M3 8h10",
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  copy: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.2v.1",
  info: "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 7.3v3.5M8 5.1v.1",
  chevron: "M4 6l4 4 4-4",
  arrow: "M3 8h10M9 4l4 4-4 4",
  back: "M13 8H3M7 4 3 8l4 4",
  search: "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4M10.2 10.2 13.5 13.5",
  send: "M2.5 8 13.5 3l-4 10.5-2-4.5z",
  stop: "M4.5 4.5h7v7h-7z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  bot: "M3.5 6h9v6.5h-9zM8 3.2V6M6.2 8.7v.9M9.8 8.7v.9",
  key: "M10 2.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M7.8 8.2 3 13M4.6 11.4l1.6 1.6",
  more: "M3.5 8v.01M8 8v.01M12.5 8v.01",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3",
} as const;
export type IconName = keyof typeof paths;

/** Beside words that say the same: hidden from assistive technology. */
export function Icon(props: { name: IconName } & JSX.SvgSVGAttributes<SVGSVGElement>) {
  const [own, rest] = splitProps(props, ["name"]);
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      {...rest}
    >
      <path d={paths[own.name]} />
    </svg>
  );
}
