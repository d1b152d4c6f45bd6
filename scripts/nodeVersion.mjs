// Plain JavaScript on purpose: it has to run on a Node that cannot read the TypeScript it guards.
// Node runs TypeScript without a flag from 22.18 on (nodejs.org/api/typescript.html, "History").
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Portcullis needs Node 22.18 or newer and this is ${process.version}: ` +
      "run it as `npm run <script>` after `npm ci`, which brings Node 24 along on Linux and Windows.",
  );
  process.exit(1);
}
