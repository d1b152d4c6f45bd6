/** The curl that containers of the local Azure can run: the options that a check of egress needs, and no others. */

export interface CurlCommand {
  readonly url: URL;
  readonly silent: boolean;
  readonly showError: boolean;
  readonly fail: boolean;
  /** Seconds; curl itself has no limit. */
  readonly maxSeconds: number | undefined;
  readonly writeOut: string;
  readonly discardBody: boolean;
}

export type ParsedCurl = { readonly command: CurlCommand } | { readonly exitCode: number; readonly message: string };

/** Reads the arguments after `curl`. */
export function parseCurl(argv: readonly string[]): ParsedCurl {
  const options = {
    silent: false,
    showError: false,
    fail: false,
    location: false,
    maxTime: "",
    writeOut: "",
    output: "",
  };
  let url: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    switch (word) {
      case "--silent":
        options.silent = true;
        break;
      case "--show-error":
        options.showError = true;
        break;
      case "--fail":
        options.fail = true;
        break;
      case "--location":
        options.location = true;
        break;
      case "--max-time":
        options.maxTime = argv[++index] ?? "";
        break;
      case "--output":
        options.output = argv[++index] ?? "";
        break;
      case "--write-out":
        options.writeOut = argv[++index] ?? "";
        break;
      default:
        if (word.startsWith("-")) return unknownOption(word);
        if (url !== undefined) return { exitCode: 2, message: "curl: the local Azure runs curl with one URL" };
        url = word;
    }
  }
  return build(options, url);
}

interface Options {
  readonly silent: boolean;
  readonly showError: boolean;
  readonly fail: boolean;
  readonly maxTime: string;
  readonly writeOut: string;
  readonly output: string;
}

function build(options: Options, text: string | undefined): ParsedCurl {
  if (text === undefined) return { exitCode: 2, message: "curl: no URL specified!" };
  if (options.maxTime !== "" && !/^\d+(\.\d+)?$/.test(options.maxTime)) {
    return { exitCode: 2, message: "curl: option --max-time: expected a proper numerical parameter" };
  }
  const strange = [...options.writeOut.matchAll(/%\{(\w+)\}/g)].find((match) => match[1] !== "http_code");
  if (strange !== undefined)
    return { exitCode: 2, message: `curl: the local Azure writes out %{http_code} only, not ${strange[0]}` };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return { exitCode: 3, message: "curl: (3) URL rejected: Malformed input to a URL function" };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { exitCode: 1, message: `curl: (1) Protocol "${url.protocol.slice(0, -1)}" not supported` };
  }
  const { silent, showError, fail, writeOut } = options;
  const maxSeconds = options.maxTime === "" ? undefined : Number(options.maxTime);
  return {
    command: { url, silent, showError, fail, maxSeconds, writeOut, discardBody: options.output === "/dev/null" },
  };
}

function unknownOption(word: string): ParsedCurl {
  const known = "--silent --show-error --fail --location --max-time --output --write-out";
  return { exitCode: 2, message: `curl: option ${word}: the local Azure runs curl with ${known} and one URL only` };
}
