/** One frame of the live view. Pure: the same record in the same window gives the same frame. */
import { clockText } from "../src/cli/durationText.ts";
import { type Palette, palette } from "../src/cli/palette.ts";
import { cut, fitLeft } from "../src/cli/textLayout.ts";
import type { DemoView, Window } from "./demoScreen.ts";
import type { NodeAnswer, NodeLook, ScalingLook } from "./scalingLook.ts";

export interface ScalingView extends DemoView {
  readonly look: ScalingLook;
  /** Azure seconds since the beginning. */
  readonly elapsedSeconds: number;
  readonly writesOfApp: number;
}

const NODE_CELLS_MAX = 36;
const NODE_CELLS_MIN = 7;
const HEADS = ["cluster's table", "gateway's table", "a request answers"] as const;
/** The longest prefix of a pod route, and the heads. */
const ROUTE_CELLS = 15;
const ANSWER_CELLS = 17;
const MARGIN_CELLS = 2;

/** What is shown, and in which time. */
export function scalingTitle({ environment }: ScalingLook): string {
  return `a node pool of ${environment.name} scales · times are Azure's`;
}

/** At most `rows - 1` lines of at most `columns - 1` cells, so that no terminal scrolls or wraps it. */
export function renderScaling(view: ScalingView, window: Window): string {
  const { look } = view;
  const paint = palette(window.color);
  const width = Math.max(40, window.columns - 1);
  const top = [
    `  ${paint.bold("Portcullis")}  ${cut(scalingTitle(look), width - 14)}`,
    paint.dim(cut(`  ${view.headline}`, width)),
    "",
    paint.dim(cut(columns(["node", ...HEADS], width), width)),
    ...look.nodes.map((node) => nodeLine(node, look, { width, paint })),
    "",
    cut(
      `  ${clockText(view.elapsedSeconds)}  nodes ${look.nodes.length} · cluster's routes ${look.sourceRoutes.length} · gateway's routes ${look.gatewayRoutes.length} · ARM writes of the app ${view.writesOfApp}`,
      width,
    ),
    "",
  ];
  const room = Math.max(0, window.rows - 1 - top.length);
  const log = room === 0 ? [] : view.lines.slice(-room).map((line) => paint.dim(cut(`  ${line}`, width)));
  return [...top, ...log].slice(0, window.rows - 1).join("\n");
}

function nodeLine(
  { name, address, answer }: NodeLook,
  { sourceRoutes, gatewayRoutes }: ScalingLook,
  { width, paint }: { readonly width: number; readonly paint: Palette },
): string {
  const [own = "–", atGateway = "–"] = [sourceRoutes, gatewayRoutes].map((routes) => prefixTo(routes, address));
  return `${columns([name, own, atGateway, ""], width)}${answerText(answer, paint)}`;
}

function columns([node = "", own = "", gateway = "", answer = ""]: readonly string[], width: number): string {
  const room = width - MARGIN_CELLS - 3 - 2 * ROUTE_CELLS - ANSWER_CELLS;
  const cells = Math.max(NODE_CELLS_MIN, Math.min(NODE_CELLS_MAX, room));
  const name = fitLeft(node.length > cells ? `…${node.slice(1 - cells)}` : node, cells);
  return `${" ".repeat(MARGIN_CELLS)}${name} ${fitLeft(own, ROUTE_CELLS)} ${fitLeft(gateway, ROUTE_CELLS)} ${answer}`;
}

function prefixTo(routes: readonly string[], address: string): string | undefined {
  return routes.find((route) => route.endsWith(` → ${address}`))?.split(" → ")[0];
}

function answerText(answer: NodeAnswer | undefined, paint: Palette): string {
  switch (answer) {
    case undefined:
      return "";
    case "200":
      return paint.green("✔ 200");
    case "502 no pod yet":
      return paint.dim("○ 502 no pod yet");
    default:
      return paint.red(`✘ ${answer}`);
  }
}
