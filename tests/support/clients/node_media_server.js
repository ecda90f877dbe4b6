// Publishes H.264 with node-media-server's own RTMP client: publish goes out on message stream 1, all media on stream 0.
// node node_media_server.js <url> <sequence header, hex> <seconds>
const Client = require("node-media-server/src/node_rtmp_client.js");

const [url, header, seconds] = process.argv.slice(2);
const client = new Client(url);
let sending;

client.on("status", (info) => {
  console.log(info.code);
  if (info.code !== "NetStream.Publish.Start") return;
  client.pushVideo(Buffer.from(header, "hex"), 0);
  let frames = 0;
  sending = setInterval(() => {
    const frame = Buffer.alloc(2000, 1);
    frame[0] = frames % 25 ? 0x27 : 0x17;
    client.pushVideo(frame, frames++ * 40);
  }, 40);
  setTimeout(() => client.stop(), Number(seconds) * 1000);
});
client.on("close", () => {
  clearInterval(sending);
  console.log("closed");
});
client.startPush();
