import { existsSync } from "node:fs";
import path from "node:path";
import { repositoryDirectory } from "./sources.ts";

/** Folders of the repository that texts name files in. */
const ownFolders = ["src", "local", "scripts", "demo", "bench", "test", "docs", "infra", "samples"];

/** Addresses are somebody else's files; "github.com/…", "learn.microsoft.com/…" need no scheme to be one. */
const address = /(?:https?:\/\/|\b[\w-]+(?:\.[\w-]+)*\.(?:com|io|org|net|dev|se)\/)[^\s)`"']*/g;

/** A path with an ending: words, dots, hyphens and slashes. Placeholders ("*", "…", "<name>") are no such path. */
const filePath = /(?<![\w./…*<>{}$@-])(?:\.{1,2}\/)*(?:[\w.-]+\/)*[\w-][\w.-]*\.[a-z]{2,5}\b(?![\w/*…<>{}-])/g;

/**
 * The files that a text points to as if they lay in this repository: whatever is in one of its folders, and every note
 * (.md, .txt), wherever it is said to be. Code of other repositories is told by its folders ("pkg/…").
 */
export function citedFiles(text: string): readonly string[] {
  const paths = text.replace(address, " ").match(filePath) ?? [];
  return [...new Set(paths)].filter((cited) => {
    const [first = ""] = cited.replace(/^(?:\.{1,2}\/)+/, "").split("/");
    return /\.(?:md|txt)$/.test(cited) || (cited.includes("/") && ownFolders.includes(first));
  });
}

/** Whether the file is there, seen from the repository or from the folder of the file that names it. */
export function isThere(cited: string, namedIn: string): boolean {
  return [".", path.posix.dirname(namedIn)].some((from) => {
    const target = path.resolve(repositoryDirectory, from, cited);
    return target.startsWith(repositoryDirectory + path.sep) && existsSync(target);
  });
}
