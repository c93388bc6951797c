// Reads frames with one peer for Node, inside the peer's own folder: node node_peers.cjs PEER.
// NODE_PATH names its node_modules. Speaks as python_peers.py does, on standard input and output.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { fileURLToPath, pathToFileURL } = require("node:url");
const sharp = require("sharp");

const MODULES = process.env.NODE_PATH;
const WASM = path.join(MODULES, "@tensorflow", "tfjs-backend-wasm", "dist") + path.sep;
const MOST_FACES = 60;

sharp.concurrency(1);
console.log = console.info = console.warn = console.error; // standard output is for answers

const versionOf = (name) =>
  JSON.parse(fs.readFileSync(path.join(MODULES, name, "package.json"), "utf8")).version;

// Node's fetch reads no file addresses, and both programs load their networks by fetch.
globalThis.fetch = async (address) => {
  const file = fileURLToPath(String(address));
  const kind = file.endsWith(".json") ? "application/json" : "application/octet-stream";
  return new Response(fs.readFileSync(file), { headers: { "Content-Type": kind } });
};

async function decode(data) {
  const { data: pixels, info } = await sharp(data)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: new Uint8Array(pixels), shape: [info.height, info.width, 3] };
}

async function openHuman() {
  const folder = path.join(MODULES, "@vladmandic", "human");
  const { Human } = require(path.join(folder, "dist", "human.node-wasm.js"));
  const off = { enabled: false };
  const human = new Human({
    backend: "wasm",
    wasmPath: WASM,
    modelBasePath: pathToFileURL(path.join(folder, "models")).href + "/",
    cacheSensitivity: 0, // every frame is read, none is taken from the one before
    filter: off,
    body: off,
    hand: off,
    gesture: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { maxDetected: MOST_FACES, rotation: false },
      mesh: off,
      iris: off,
      description: off,
      antispoof: off,
      liveness: off,
      gear: off,
      emotion: { enabled: true },
    },
  });
  await human.load();
  return async (data) => {
    const { pixels, shape } = await decode(data);
    const picture = human.tf.tensor4d(pixels, [1, ...shape], "int32");
    const told = await human.detect(picture);
    human.tf.dispose(picture);
    if (told.error) throw new Error(told.error);
    return told.face.filter((face) => face.emotion?.length).map((face) => face.box);
  };
}

async function openFaceApi() {
  const folder = path.join(MODULES, "@vladmandic", "face-api");
  require(path.join(MODULES, "@tensorflow", "tfjs-backend-wasm")).setWasmPaths(WASM);
  const api = require(path.join(folder, "dist", "face-api.node-wasm.js"));
  await api.tf.setBackend("wasm");
  await api.tf.ready();
  await api.nets.ssdMobilenetv1.loadFromDisk(path.join(folder, "model"));
  await api.nets.faceExpressionNet.loadFromDisk(path.join(folder, "model"));
  const options = new api.SsdMobilenetv1Options({ maxResults: MOST_FACES });
  return async (data) => {
    const { pixels, shape } = await decode(data);
    const picture = api.tf.tensor3d(pixels, shape, "int32");
    const told = await api.detectAllFaces(picture, options).withFaceExpressions();
    picture.dispose();
    return told.map(({ detection: { box } }) => [box.x, box.y, box.width, box.height]);
  };
}

const PEERS = {
  human: ["@vladmandic/human", openHuman],
  "face-api": ["@vladmandic/face-api", openFaceApi],
};

async function main() {
  const [name, open] = PEERS[process.argv[2]];
  const read = await open();
  const tell = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
  tell({ version: versionOf(name) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const data = fs.readFileSync(JSON.parse(line).frame);
    const cpu = process.cpuUsage();
    const began = performance.now();
    const boxes = await read(data);
    const seconds = (performance.now() - began) / 1e3;
    const spent = process.cpuUsage(cpu);
    tell({ seconds, cpu_seconds: (spent.user + spent.system) / 1e6, boxes });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
